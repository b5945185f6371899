import { once } from 'node:events';
import { connect } from 'node:net';
import { silentLog } from '@understory/core/log.ts';
import { expect } from 'chai';
import type { Request } from 'express';
import { createApp, finish } from '../src/app.ts';
import { type Listening, listen } from '../src/server.ts';
import { wipedFormBody } from '../src/wiped-form.ts';

describe('a form that holds a secret', () => {
	const kept: Buffer[] = [];
	let server: Listening;
	before(async () => {
		const app = createApp({ log: silentLog });
		app.use((request: Request, _response, next) => {
			// What is handed to whoever reads it, as it was handed.
			const push = request.push.bind(request);
			request.push = (chunk: Buffer | null, ...rest: never[]) => {
				if (chunk) kept.push(chunk);
				return push(chunk, ...rest);
			};
			next();
		});
		app.post('/', wipedFormBody(200), (request, response) => void response.json(request.body));
		finish(app, { log: silentLog });
		server = await listen(app, { port: 0 });
	});
	after(() => server?.close());
	beforeEach(() => void kept.splice(0));

	async function send(body: string, headers: Record<string, string> = {}) {
		const response = await fetch(`http://127.0.0.1:${server.port}/`, {
			method: 'POST',
			headers: { 'content-type': 'application/x-www-form-urlencoded', ...headers },
			body,
		});
		const text = await response.text();
		return { status: response.status, text };
	}
	const read = async (body: string) => JSON.parse((await send(body)).text) as Record<string, unknown>;

	it('is read as browsers write it', async () => {
		const forms: string[] = [
			'card=2987&pin=a%20b+c&ticket=',
			new URLSearchParams({ pin: 'Zaunkönig & “Söhne” = 100 % + 1', é: '€' }).toString(),
			'pin=%E2%82%AC%e2%82%ac',
			'a=1&a=2&a=3&b',
			'&&=x&pin=1=2',
			'__proto__=x&constructor=y',
		];
		for (const form of forms) {
			const expected: [string, string][] = [...new URLSearchParams(form)];
			const got = Object.entries(await read(form)).flatMap(([name, value]) =>
				[value].flat().map((one) => [name, one]),
			);
			expect(got, form).to.deep.equal(expected);
		}
	});

	it('keeps a percent sign that stands for itself', async () => {
		expect(await read('pin=100%&a=%zz&b=%4')).to.deep.equal({ pin: '100%', a: '%zz', b: '%4' });
	});

	it('leaves no byte of what came, whether it was read, too long, or no form after all', async () => {
		await read('card=29871236540987&pin=Qz7vKpX2wL');
		expect((await send(`pin=${'Q'.repeat(300)}`)).status).to.equal(413);
		expect(
			(
				await send(
					Array.from({ length: 201 }, () => '')
						.join('&a')
						.slice(0, 200),
				)
			).status,
		).to.equal(200);
		expect(kept.length).to.be.at.least(3);
		expect(kept.filter((bytes) => bytes.some((byte) => byte !== 0))).to.deep.equal([]);
	});

	it('that breaks off is no form, and leaves nothing either', async () => {
		const socket = connect(server.port, '127.0.0.1');
		await once(socket, 'connect');
		const head =
			'POST / HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-www-form-urlencoded\r\ncontent-length: 90\r\n\r\n';
		socket.write(`${head}card=2987&pin=Qz7vKpX2wL`);
		while (kept.length === 0) await new Promise((resolve) => setImmediate(resolve));
		socket.destroy();
		while (kept.some((bytes) => bytes.some((byte) => byte !== 0)))
			await new Promise((resolve) => setImmediate(resolve));
	});

	it('is refused packed or in another charset, and anything else is no form', async () => {
		const form = 'application/x-www-form-urlencoded';
		expect((await send('pin=1', { 'content-encoding': 'gzip' })).status).to.equal(400);
		expect((await send('pin=1', { 'content-type': `${form}; charset=iso-8859-1` })).status).to.equal(400);
		expect((await send('pin=1', { 'content-type': `${form}; charset=UTF-8` })).text).to.equal('{"pin":"1"}');
		expect((await send('{"pin":"1"}', { 'content-type': 'application/json' })).text).to.equal('{}');
	});
});
