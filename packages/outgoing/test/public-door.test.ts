import { X509Certificate } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer, type Server } from 'node:tls';
import { expect } from 'chai';
import { createPublicDoor } from '../src/public-door.ts';

const TLS = new URL('../../../test/e2e/platform/tls/', import.meta.url);
const pem = (name: string) => readFileSync(new URL(name, TLS), 'utf8');
const NAME = 'card.anytown.platform.example';
const never = new AbortController().signal;

describe('what people meet who come by a public name', () => {
	let server: Server;
	let port: number;
	before(async () => {
		server = createServer({ key: pem('edge.key.pem'), cert: pem('edge.pem') });
		server.on('tlsClientError', () => undefined);
		await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
		({ port } = server.address() as AddressInfo);
	});
	after(() => new Promise((done) => server.close(done)));

	const door = (ca?: string) =>
		createPublicDoor({
			town: false,
			resolve: async () => [{ address: '10.0.0.7', family: 4 }],
			edge: { domain: 'platform.example', host: '127.0.0.1', port },
			...(ca !== undefined && { ca }),
		});

	it('is the certificate of the name, with the time it is good for', async () => {
		const shown = await door(pem('authority.pem')).certificate(NAME, 443, never);
		const { validFrom, validTo } = new X509Certificate(pem('edge.pem'));
		expect(shown).to.deep.equal({ refused: null, from: Date.parse(validFrom), until: Date.parse(validTo) });
	});

	it('is one that a browser refuses, with why: of another name, of an authority that nobody knows', async () => {
		const other = await door(pem('authority.pem')).certificate('b.elsewhere.platform.example', 443, never);
		expect(other.refused).to.equal('ERR_TLS_CERT_ALTNAME_INVALID');
		expect((await door().certificate(NAME, 443, never)).refused).to.match(
			/^[A-Z_]*(ISSUER|VERIFY|SIGNED)[A-Z_]*$/,
		);
	});

	it('is never looked for inside the network, by name or by address', async () => {
		for (const name of ['belmont.example', '127.0.0.1']) {
			const failure = await door()
				.certificate(name, port, never)
				.catch((error: { code: string; cause?: unknown }) => error);
			expect((failure as { code: string }).code, name).to.equal('refused_address');
		}
	});

	it('is nothing where nobody answers, and nobody waits for what ends', async () => {
		const closed = createPublicDoor({ town: true });
		const refused = await closed
			.certificate('nobody.localhost', 1, never)
			.catch((error: { code: string }) => error);
		expect((refused as { code: string }).code).to.equal('ECONNREFUSED');
		const ended = await closed
			.certificate('nobody.localhost', port, AbortSignal.abort())
			.catch((error: { name: string }) => error);
		expect((ended as { name: string }).name).to.equal('AbortError');
	});

	it('is a name that the DNS knows, or the resolver’s word that it does not', async () => {
		await door().lookUp('belmont.example');
		await createPublicDoor({ town: true }).lookUp('belmont.multnomah.localhost');
		const resolve = async () => {
			throw Object.assign(new Error('no such name'), { code: 'ENOTFOUND' });
		};
		const failure = await createPublicDoor({ town: false, resolve })
			.lookUp('b.example')
			.catch((error: { code: string }) => error);
		expect((failure as { code: string }).code).to.equal('ENOTFOUND');
	});
});
