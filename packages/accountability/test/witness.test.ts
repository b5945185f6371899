import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { witnessServer } from '@understory/cli/witness-server.ts';
import { createInternalClient } from '@understory/outgoing/outgoing.ts';
import { readCosignatures } from '@understory/transparency-log/cosignature.ts';
import { generateKey } from '@understory/transparency-log/keys.ts';
import { beginLog, type LogStorage } from '@understory/transparency-log/log.ts';
import { parseVkey } from '@understory/transparency-log/note.ts';
import { createWitness, formatRequest, type Witness } from '@understory/transparency-log/witness.ts';
import { expect } from 'chai';
import { createBranch, type TestBranch } from './fixtures/branch.ts';
import { createLibrary } from './fixtures/library.ts';
import { startSite, type TestSite } from './fixtures/site.ts';

const HTML = { accept: 'text/html' };

function memory(): LogStorage {
	const files = new Map<string, Buffer>();
	return {
		read: async (path) => files.get(path) ?? null,
		write: async (path, bytes) => void files.set(path, Buffer.from(bytes)),
	};
}

describe('witnesses of the log', () => {
	let site: TestSite;
	let belmont: TestBranch;
	let server: Server;
	let witness: Witness;
	let url: string;
	let vkey: string;
	const outgoing = createInternalClient({ town: true });

	beforeEach(async () => {
		site = await startSite({ parts: { outgoing } });
		belmont = createBranch(site.library, 'belmont');
		await publish();
		vkey = /^(accountability\S+\+[0-9a-f]{8}\+\S+)$/m.exec(
			wordsIn((await site.get('/verify', HTML)).text),
		)![1]!;
		witness = createWitness({
			name: 'clerk.anytown.example/witness',
			key: generateKey(),
			logs: [parseVkey(vkey)],
			storage: memory(),
			now: site.clock.now,
		});
		server = witnessServer({ witness, failed: () => undefined }).listen(0, '127.0.0.1');
		await once(server, 'listening');
		url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
	});
	afterEach(async () => {
		server?.close();
		await site?.close();
	});
	after(() => outgoing.close());

	async function publish(): Promise<void> {
		const { entry, disclosures } = belmont.next();
		expect((await site.post('/entries', { entry, disclosures })).status).to.equal(202);
		await site.settle();
	}
	function ask(records: { vkey: string; url: string }[]): void {
		site.library.change((register) => {
			register.library = { ...register.library, witnesses: records };
		});
	}
	const seen = async () =>
		readCosignatures((await site.get('/log/2026/checkpoint')).text, [parseVkey(witness.vkey, 'cosignature')]);

	it('put their line under each new checkpoint, which pages count and receipts carry', async () => {
		expect((await site.get('/verify', HTML)).text).to.include('Nobody was asked to watch this log yet');
		ask([{ vkey: witness.vkey, url }]);
		await site.settle();
		expect(await seen()).to.have.length(1);
		await publish();
		expect(await seen()).to.have.length(1);
		const page = (await site.get('/verify', HTML)).text;
		expect(page).to.include('clerk.anytown.example/witness').and.to.include('Signed the checkpoint above');
		expect((await site.get('/council', HTML)).text).to.include('by 1 independent witness.');
	});

	it('that are silent, or whose line is not theirs, stop nothing, and pages say that they have not signed', async () => {
		const stranger = generateKey();
		const other = createWitness({
			name: 'other.example',
			key: stranger,
			logs: [],
			storage: memory(),
			now: site.clock.now,
		});
		ask([
			{ vkey: witness.vkey, url: 'http://127.0.0.1:9' },
			{ vkey: other.vkey, url },
		]);
		await publish();
		expect(await seen()).to.deep.equal([]);
		const page = (await site.get('/verify', HTML)).text;
		expect(page.match(/Has not signed it/g)).to.have.length(2);
		expect((await site.get('/council', HTML)).text).to.include('No independent witness signs it yet');
		// After the pause it is asked again, at its new address.
		ask([{ vkey: witness.vkey, url }]);
		await site.settle();
		expect(await seen()).to.have.length(1);
	});

	it('that saw another history give no line, whatever the site shows', async () => {
		const key = generateKey();
		const { origin } = { origin: vkey.split('+')[0]! };
		expect(origin).to.match(/^accountability\./);
		const fork = await beginLog({ origin, key, storage: memory() });
		await fork.append(0, [Buffer.from('{"another":1}'), Buffer.from('{"another":2}')]);
		const deceived = createWitness({
			name: 'deceived.example',
			key: generateKey(),
			logs: [{ name: origin, key }, parseVkey(vkey)],
			storage: memory(),
			now: site.clock.now,
		});
		const told = await deceived.addCheckpoint(
			formatRequest({ old: 0, proof: [], note: fork.checkpoint().note }),
		);
		expect(told.status).to.equal(200);
		const second = witnessServer({ witness: deceived, failed: () => undefined }).listen(0, '127.0.0.1');
		await once(second, 'listening');
		ask([{ vkey: deceived.vkey, url: `http://127.0.0.1:${(second.address() as AddressInfo).port}` }]);
		await publish();
		await publish();
		expect((await site.get('/verify', HTML)).text).to.include('Has not signed it');
		second.close();
	});
});

describe('a library as the witness of another', () => {
	it('cosigns only the logs that its register names, and shows what it saw', async () => {
		const site = await startSite();
		try {
			const key = generateKey();
			const origin = 'accountability.neighbor.example/log/2026';
			const log = await beginLog({ origin, key, storage: memory() });
			await log.append(0, [Buffer.from('{"n":0}')]);
			const body = formatRequest({ old: 0, proof: [], note: log.checkpoint().note });
			const add = () =>
				site.post('/witness/add-checkpoint', body, { 'content-type': 'application/octet-stream' });
			expect((await add()).status).to.equal(404);
			site.library.change((register) => {
				register.library = { ...register.library, watches: [log.vkey] };
			});
			await site.settle();
			const answer = await add();
			expect(answer.status, answer.text).to.equal(200);
			const vkey = (await site.get('/witness')).text.trim();
			await log.addCosignatures(answer.text, [parseVkey(vkey, 'cosignature')]);
			const hash = createHash('sha256').update(origin).digest('hex');
			const shown = await site.get(`/witness/${hash}/checkpoint`);
			expect(readCosignatures(shown.text, [parseVkey(vkey, 'cosignature')])).to.have.length(1);
			expect((await site.get(`/witness/${'0'.repeat(64)}/checkpoint`)).status).to.equal(404);
			expect((await site.post('/witness/add-checkpoint', 'x'.repeat(100_000))).status).to.equal(413);
			await site.restart();
			await site.settle();
			const behind = await add();
			expect(behind.status).to.equal(409);
			expect(behind.headers['content-type']).to.equal('text/x.tlog.size; charset=utf-8');
		} finally {
			await site.close();
		}
	});

	it('and one platform of two libraries does not count itself as a stranger', async () => {
		const first = createLibrary();
		const second = createLibrary('salem', ['south'], first.platformKey);
		const outgoing = createInternalClient({ town: true });
		const site = await startSite({ libraries: [first, second], parts: { outgoing } });
		try {
			const vkey = (await site.get('/witness', { host: second.site })).text.trim();
			first.change((register) => {
				register.library = { ...register.library, witnesses: [{ vkey, url: 'http://127.0.0.1:9' }] };
			});
			await site.settle();
			expect((await site.get('/verify', HTML)).text).to.include('run on the same platform as this log');
		} finally {
			await site.close();
			await outgoing.close();
		}
	});
});

function wordsIn(html: string): string {
	return html.replace(/<[^>]+>/g, '\n').replaceAll('&#x3D;', '=');
}
