import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { verifyRequest } from '@fedify/fedify/sig';
import { CryptographicKey } from '@fedify/vocab';
import { importSpki } from '@fedify/vocab-runtime';
import { expect } from 'chai';
import { instant } from '../src/fedify/instant.ts';
import { rsaKeys } from './keys.ts';
import { type MemoryBranch, NOW, startBranch } from './memory-branch.ts';

describe('knocking at another server', () => {
	let a: MemoryBranch;
	let server: Server;
	let inbox: string;
	/** The kinds of signature it was shown, and the kind that it takes. */
	let shown: string[];
	let takes: 'cavage' | 'rfc9421' | 'neither';
	let holds: boolean[];
	/** What it answers to a signature that it takes. */
	let answers: number;
	beforeEach(async () => {
		a = await startBranch('albina');
		[shown, takes, holds, answers] = [[], 'rfc9421', [], 202];
		server = createServer((request, response) => {
			void (async () => {
				const kind = request.headers['signature-input'] === undefined ? 'cavage' : 'rfc9421';
				shown.push(kind);
				if (kind === 'rfc9421') holds.push(await isSigned(request));
				response.writeHead(kind === takes ? answers : 401, { location: '/elsewhere' }).end();
			})();
		});
		await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
		inbox = `http://new.test.localhost:${(server.address() as AddressInfo).port}/inbox`;
	});
	afterEach(async () => {
		await a.close();
		server.closeAllConnections();
		await new Promise((resolve) => server.close(resolve));
	});

	async function isSigned(request: IncomingMessage): Promise<boolean> {
		const chunks: Buffer[] = [];
		for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
		const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [
			name,
			String(value),
		]);
		const copy = new Request(inbox, { method: 'POST', headers, body: Buffer.concat(chunks) });
		const id = new URL(`${a.origin}/ap/users/1#main-key`);
		const publicKey = await importSpki(rsaKeys('albina people').publicKey);
		const key = new CryptographicKey({ id, owner: new URL(`${a.origin}/ap/users/1`), publicKey });
		const keyCache = { get: async () => key, set: async () => undefined };
		const currentTime = instant(NOW);
		return (await verifyRequest(copy, { keyCache, currentTime, spec: 'rfc9421' })) !== null;
	}
	async function send() {
		const body = await a.federation.createFor(
			a.write(a.person('1', 'ada'), '9', 'public'),
			a.server(new URL(inbox).origin),
		);
		return a.deliver(body, '1', inbox);
	}

	it('whoever wants RFC 9421 gets it at the second knock, and at the first the next time', async () => {
		expect(await send()).to.deep.equal({ outcome: 'accepted' });
		expect(shown).to.deep.equal(['cavage', 'rfc9421']);
		expect(holds).to.deep.equal([true]);
		await send();
		expect(shown).to.deep.equal(['cavage', 'rfc9421', 'rfc9421']);
	});

	it('whoever wants the older kind again is believed too', async () => {
		await send();
		takes = 'cavage';
		expect(await send()).to.deep.equal({ outcome: 'accepted' });
		await send();
		expect(shown.slice(2)).to.deep.equal(['rfc9421', 'cavage', 'cavage']);
	});

	it('a redirect shown to the second kind is an answer, and a fault shown to it is none', async () => {
		answers = 307;
		expect(await send()).to.include({ outcome: 'refused', status: 307 });
		await send();
		expect(shown).to.deep.equal(['cavage', 'rfc9421', 'rfc9421']);
		answers = 400;
		takes = 'cavage';
		expect(await send()).to.include({ outcome: 'later', status: 401 });
	});

	it('whoever takes neither is knocked at twice and not a third time', async () => {
		takes = 'neither';
		expect(await send()).to.include({ outcome: 'later', status: 401 });
		expect(shown).to.deep.equal(['cavage', 'rfc9421']);
	});
});
