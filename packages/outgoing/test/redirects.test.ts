import { expect } from 'chai';
import { createOutgoing, type Outgoing } from '../src/outgoing.ts';
import { failsWith } from './failures.ts';
import { type FarServer, farServer } from './far-server.ts';

const CREDENTIALS = {
	Authorization: 'Bearer abc',
	Cookie: 'session=1',
	Signature: 'keyId="k"',
	'Signature-Input': 'sig1=()',
};

describe('redirects', () => {
	let near: FarServer;
	let other: FarServer;
	let client: Outgoing;
	before(async () => {
		other = await farServer('other', (_request, response) => response.end('other'));
		near = await farServer('near', (request, response) => {
			const asked = new URL(request.url ?? '/', 'http://near');
			const to = asked.pathname === '/circle' ? '/circle' : asked.searchParams.get('to');
			if (to === null) response.end('near');
			else response.writeHead(Number(asked.searchParams.get('status') ?? 302), { location: to }).end('moved');
		});
		client = createOutgoing({ town: true });
	});
	beforeEach(() => {
		near.asked.length = 0;
		other.asked.length = 0;
	});
	after(async () => {
		await client.close();
		await near.close();
		await other.close();
	});

	const via = (to: string, status = 302) => `${near.origin}/go?status=${status}&to=${encodeURIComponent(to)}`;

	it('are not followed unless the caller says how many', async () => {
		const answer = await client.request({ url: via('/end') });
		expect(answer.status).to.equal(302);
		expect(answer.headers.location).to.equal('/end');
		expect(near.asked).to.have.length(1);
	});

	it('are followed to the end, which is named in the answer', async () => {
		const answer = await client.request({ url: via(via('/end')), redirects: 2 });
		expect(answer.body.toString()).to.equal('near');
		expect(answer.url).to.equal(`${near.origin}/end`);
	});

	it('end in a sentence when there are more than were allowed', async () => {
		await failsWith('too_many_redirects', client.request({ url: via(via('/end')), redirects: 1 }));
		await failsWith('too_many_redirects', client.fetch(`${near.origin}/circle`));
		expect(near.asked).to.have.length(2 + 6);
	});

	it('to another origin lose credentials and signatures, and keep the rest', async () => {
		const headers = { ...CREDENTIALS, Accept: 'application/json' };
		await client.request({ url: via(`${other.origin}/end`), headers, redirects: 1 });
		expect(near.asked[0]!.headers).to.include({ authorization: 'Bearer abc', cookie: 'session=1' });
		expect(other.asked[0]!.headers).not.to.have.any.keys(
			'authorization',
			'cookie',
			'signature',
			'signature-input',
		);
		expect(other.asked[0]!.headers.accept).to.equal('application/json');
		expect(other.asked[0]!.headers.host).to.equal(new URL(other.origin).host);
	});

	it('to the same origin keep credentials', async () => {
		await client.request({ url: via('/end'), headers: CREDENTIALS, redirects: 1 });
		expect(near.asked[1]!.headers.authorization).to.equal('Bearer abc');
	});

	it('to another port or another scheme are to another origin', async () => {
		const sameHost = `http://near.localhost:${other.port}/end`;
		await client.request({ url: via(sameHost), headers: CREDENTIALS, redirects: 1 });
		expect(other.asked[0]!.headers.authorization).to.equal(undefined);
	});

	for (const status of [301, 302, 303]) {
		it(`${status} turns a POST into a GET without a body`, async () => {
			const headers = { 'Content-Type': 'application/json', Digest: 'SHA-256=x' };
			const posted = { method: 'POST', body: '{"for":"near"}', headers, redirects: 1 };
			await client.request({ url: via(`${other.origin}/end`, status), ...posted });
			expect(other.asked[0]).to.include({ method: 'GET', body: '' });
			expect(other.asked[0]!.headers).not.to.have.any.keys('content-type', 'digest');
		});
	}

	for (const status of [307, 308]) {
		it(`${status} repeats a body to the same origin, and never hands it to another`, async () => {
			const posted = { method: 'POST', body: '{"for":"near"}', redirects: 1 };
			await client.request({ url: via('/end', status), ...posted });
			expect(near.asked[1]).to.include({ method: 'POST', body: '{"for":"near"}' });
			const answer = await client.request({ url: via(`${other.origin}/end`, status), ...posted });
			expect(answer.status).to.equal(status);
			expect(other.asked).to.have.length(0);
		});
	}

	it('a HEAD stays a HEAD', async () => {
		await client.request({ url: via('/end', 303), method: 'HEAD', redirects: 1 });
		expect(near.asked[1]!.method).to.equal('HEAD');
	});
});
