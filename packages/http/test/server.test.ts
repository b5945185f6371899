import { once } from 'node:events';
import { Agent, get, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { PublicError } from '@understory/core/errors.ts';
import { expect } from 'chai';
import { listen } from '../src/server.ts';
import { ask } from './ask.ts';

async function refusal(attempt: Promise<unknown>): Promise<PublicError> {
	const error = await attempt.then(
		() => null,
		(thrown: unknown) => thrown,
	);
	expect(error).to.be.instanceOf(PublicError);
	return error as PublicError;
}

describe('a server', () => {
	it('takes a free port of this machine alone when it is given none', async () => {
		const server = await listen((_request, response) => response.end('here'), { port: 0 });
		expect(server.port).to.be.greaterThan(0);
		expect(server.address).to.equal('127.0.0.1');
		expect((await ask(server.port, '/')).text).to.equal('here');
		await server.close();
	});

	it('says in a sentence that its port is in use', async () => {
		const first = await listen((_request, response) => response.end(), { port: 0 });
		const error = await refusal(listen(() => undefined, { port: first.port }));
		expect(error.code).to.equal('port_in_use');
		expect(error.message).to.equal(
			`Port ${first.port} is in use by another program. Stop that program, or choose another port.`,
		);
		await first.close();
		const again = await listen((_request, response) => response.end('free'), { port: first.port });
		expect((await ask(first.port, '/')).text).to.equal('free');
		await again.close();
	});

	it('says in a sentence that an address is not of this machine', async () => {
		const error = await refusal(listen(() => undefined, { port: 0, address: '192.0.2.1' }));
		expect(error.code).to.equal('address_not_here');
	});

	for (const [what, sent] of [
		['a body', 'POST / HTTP/1.1\r\nhost: here\r\ncontent-length: 1000\r\n\r\nhalf of'],
		['its headers', 'POST / HTTP/1.1\r\nhost: here\r\nx-'],
	] as const) {
		it(`lets go of a sender that never ends ${what}, and serves the others meanwhile`, async () => {
			const handle = async (request: IncomingMessage, response: ServerResponse) => {
				try {
					for await (const _chunk of request);
					response.end('whole');
				} catch {
					response.destroy();
				}
			};
			const server = await listen((...both) => void handle(...both), { port: 0, patienceMs: 300 });
			const slow = connect(server.port, '127.0.0.1');
			let answer = '';
			slow.on('data', (chunk: Buffer) => {
				answer += chunk.toString();
			});
			slow.write(sent);
			expect((await ask(server.port, '/')).text).to.equal('whole');
			await once(slow, 'close');
			expect(answer).to.match(/^HTTP\/1\.1 408 |^$/);
			await server.close();
		});
	}

	it('lets a running answer finish before it stops, and takes no new one', async () => {
		const running = Promise.withResolvers<ServerResponse>();
		const server = await listen((_request, response) => running.resolve(response), { port: 0 });
		const answer = ask(server.port, '/');
		const response = await running.promise;
		const stopped = server.close(60_000);
		const refused = await ask(server.port, '/').catch((error: NodeJS.ErrnoException) => error.code);
		expect(refused).to.equal('ECONNREFUSED');
		response.end('finished');
		expect((await answer).text).to.equal('finished');
		await stopped;
	});

	it('does not wait for connections that are kept alive with nothing to do', async () => {
		const running = Promise.withResolvers<ServerResponse>();
		const server = await listen(
			(request, response) => (request.url === '/run' ? running.resolve(response) : response.end()),
			{ port: 0 },
		);
		const agent = new Agent({ keepAlive: true });
		const visit = async (path: string) => {
			const [response] = await once(get({ port: server.port, host: '127.0.0.1', path, agent }), 'response');
			response.resume();
			await once(response, 'end');
		};
		await visit('/');
		const busy = visit('/run');
		const response = await running.promise;
		const stopped = server.close(60_000);
		response.end('done');
		await busy;
		await stopped;
		agent.destroy();
	});

	it('breaks off what does not finish within its grace', async () => {
		const running = Promise.withResolvers<void>();
		const server = await listen(() => running.resolve(), { port: 0 });
		const answer = ask(server.port, '/').catch((error: NodeJS.ErrnoException) => error.code);
		await running.promise;
		await server.close(20);
		expect(await answer).to.equal('ECONNRESET');
	});

	it('may be stopped twice', async () => {
		const server = await listen((_request, response) => response.end(), { port: 0 });
		expect(server.close()).to.equal(server.close());
		await server.close();
	});

	it('answers what is not HTTP with 400, and goes on', async () => {
		const server = await listen((_request, response) => response.end('fine'), { port: 0 });
		const socket = connect(server.port, '127.0.0.1', () => socket.write('9300CNtest|\r\n\r\n'));
		const [answer] = (await once(socket, 'data')) as [Buffer];
		expect(answer.toString()).to.match(/^HTTP\/1\.1 400 /);
		expect((await ask(server.port, '/')).text).to.equal('fine');
		await server.close();
	});

	it('refuses headers over 16 KB', async () => {
		const server = await listen((_request, response) => response.end('fine'), { port: 0 });
		const answer = await ask(server.port, '/', { headers: { 'x-long': 'x'.repeat(20_000) } });
		expect(answer.status).to.equal(431);
		await server.close();
	});
});
