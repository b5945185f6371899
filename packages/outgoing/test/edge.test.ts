import { readFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { expect } from 'chai';
import { createOutgoing, type Outgoing } from '../src/outgoing.ts';

const TLS = new URL('../../../test/e2e/platform/tls/', import.meta.url);
const pem = (name: string) => readFileSync(new URL(name, TLS), 'utf8');

describe('names of the platform itself, where an edge is named', () => {
	let edge: Server;
	let client: Outgoing;
	const asked: (string | undefined)[] = [];
	before(async () => {
		edge = createServer({ key: pem('edge.key.pem'), cert: pem('edge.pem') }, (request, response) => {
			asked.push(request.headers.host);
			response.end('edge');
		});
		await new Promise<void>((done) => edge.listen(0, '127.0.0.1', done));
		const { port } = edge.address() as AddressInfo;
		client = createOutgoing({
			town: false,
			ca: pem('authority.pem'),
			edge: { domain: 'platform.example', host: '127.0.0.1', port },
			resolve: async () => [{ address: '10.0.0.7', family: 4 }],
		});
	});
	after(async () => {
		await client.close();
		edge.closeAllConnections();
		await new Promise((done) => edge.close(done));
	});
	const code = (url: string) =>
		client.request({ url }).then(
			({ status }) => status,
			(error: { code: string }) => error.code,
		);

	it('are asked there, by their own name and certificate', async () => {
		const answer = await client.request({ url: 'https://card.anytown.platform.example/' });
		expect(answer.body.toString()).to.equal('edge');
		expect(asked.at(-1)).to.equal('card.anytown.platform.example');
	});

	it('are refused when the edge has no certificate for them', async () => {
		expect(await code('https://belmont.elsewhere.platform.example/')).to.equal('unreachable');
	});

	it('are guarded like all others over plain http; others are guarded as ever, however they end', async () => {
		for (const url of [
			'http://card.anytown.platform.example/',
			'https://platform.example/',
			'https://evilplatform.example/',
			'https://platform.example.evil.example/',
			'https://127.0.0.1/',
			'https://localhost/',
		]) {
			expect(await code(url), url).to.equal('refused_address');
		}
	});
});
