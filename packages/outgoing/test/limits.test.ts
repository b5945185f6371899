import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib';
import { expect } from 'chai';
import { createOutgoing, type Outgoing } from '../src/outgoing.ts';
import { failsWith } from './failures.ts';
import { type FarServer, farServer } from './far-server.ts';

const PAGE = 'a door, and somebody behind it. '.repeat(200);
const CODINGS: Record<string, (text: Buffer) => Buffer> = {
	gzip: gzipSync,
	deflate: deflateSync,
	br: brotliCompressSync,
};

describe('limits of an outgoing request', () => {
	let far: FarServer;
	let client: Outgoing;
	beforeEach(() => {
		client = createOutgoing({ town: true });
	});
	afterEach(async () => {
		await client.close();
		await far.close();
	});

	it('an answer over the limit is broken off, not read to its end', async () => {
		far = await farServer('far', (_request, response) => {
			const piece = Buffer.alloc(64 * 1024);
			const more = () => {
				while (!response.destroyed && response.write(piece));
			};
			response.on('drain', more);
			more();
		});
		await failsWith('too_large', client.request({ url: `${far.origin}/endless`, maxBytes: 100_000 }));
		await far.dropped;
	});

	it('an answer of exactly the limit is taken', async () => {
		far = await farServer('far', (_request, response) => response.end(Buffer.alloc(1000)));
		const taken = await client.request({ url: `${far.origin}/`, maxBytes: 1000 });
		expect(taken.body.length).to.equal(1000);
		await failsWith('too_large', client.request({ url: `${far.origin}/`, maxBytes: 999 }));
	});

	it('a server that never answers, or never ends, runs into the time limit', async () => {
		far = await farServer('far', (request, response) => {
			if (request.url === '/half') response.write('half');
		});
		await failsWith('timeout', client.request({ url: `${far.origin}/silent`, timeoutMs: 40 }));
		await failsWith('timeout', client.request({ url: `${far.origin}/half`, timeoutMs: 40 }));
	});

	it('a resolver that never answers runs into the time limit', async () => {
		far = await farServer('far', (_request, response) => response.end());
		const waiting = createOutgoing({ town: true, resolve: () => new Promise(() => undefined) });
		await failsWith('timeout', waiting.request({ url: 'http://silent.example/', timeoutMs: 40 }));
		await waiting.close();
	});

	it('the time limit is for the whole of a chain of redirects', async () => {
		const held = Promise.withResolvers<void>();
		far = await farServer('far', (request, response) => {
			if (request.url === '/1') response.writeHead(302, { location: '/2' }).end();
			else held.resolve();
		});
		await failsWith('timeout', client.request({ url: `${far.origin}/1`, timeoutMs: 60, redirects: 3 }));
		await held.promise;
	});

	it('a caller who gives up gets its own reason back', async () => {
		far = await farServer('far', () => undefined);
		const given = new AbortController();
		const answer = client
			.request({ url: `${far.origin}/`, signal: given.signal })
			.catch((error: unknown) => error);
		const reason = new Error('the home is closing');
		given.abort(reason);
		expect(await answer).to.equal(reason);
	});

	it('closing the client lets go of what is under way', async () => {
		const reached = Promise.withResolvers<void>();
		far = await farServer('far', () => reached.resolve());
		const answer = failsWith('unreachable', client.request({ url: `${far.origin}/` }));
		await reached.promise;
		await client.close();
		await answer;
		await far.dropped;
	});

	it('a port where nobody listens, and a connection that breaks off, are unreachable', async () => {
		far = await farServer('far', (request) => request.socket.destroy());
		const failure = await failsWith('unreachable', client.request({ url: `${far.origin}/private/path` }));
		expect(failure.detail).to.equal('far.localhost');
		const gone = await farServer('gone', () => undefined);
		await gone.close();
		await failsWith('unreachable', client.request({ url: `${gone.origin}/` }));
	});

	it('who asks is told when a request begins to be written, and never where no connection came about', async () => {
		far = await farServer('far', (request) => request.socket.destroy());
		const sent: string[] = [];
		const asking = (url: string) =>
			client.request({ url, onSending: () => sent.push(url), timeoutMs: 1_000 });
		await failsWith('unreachable', asking(`${far.origin}/`));
		expect(sent).to.deep.equal([`${far.origin}/`]);
		const gone = await farServer('gone', () => undefined);
		await gone.close();
		await failsWith('unreachable', asking(`${gone.origin}/`));
		await failsWith('refused_address', asking('http://10.0.0.1/'));
		expect(sent).to.have.length(1);
	});

	for (const [coding, pack] of Object.entries(CODINGS)) {
		it(`an answer in ${coding} that nobody asked for is unpacked within the same limit`, async () => {
			far = await farServer('far', (request, response) => {
				const body = pack(request.url === '/bomb' ? Buffer.alloc(5_000_000) : Buffer.from(PAGE));
				response.writeHead(200, { 'content-encoding': coding, 'content-length': body.length }).end(body);
			});
			const answer = await client.request({ url: `${far.origin}/page` });
			expect(far.asked[0]!.headers['accept-encoding']).to.equal('identity');
			expect(answer.body.toString()).to.equal(PAGE);
			expect(answer.headers).not.to.have.any.keys('content-encoding', 'content-length');
			expect(await (await client.fetch(`${far.origin}/page`)).text()).to.equal(PAGE);
			await failsWith('too_large', client.request({ url: `${far.origin}/bomb`, maxBytes: 1_000_000 }));
		});
	}

	it('an unknown or a broken coding cannot be read', async () => {
		far = await farServer('far', (request, response) => {
			const coding = request.url === '/odd' ? 'gzip, br' : 'gzip';
			response.writeHead(200, { 'content-encoding': coding }).end('not packed at all');
		});
		await failsWith('unreadable', client.request({ url: `${far.origin}/odd` }));
		await failsWith('unreadable', client.request({ url: `${far.origin}/broken` }));
	});
});
