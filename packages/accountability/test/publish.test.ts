import { spawn } from 'node:child_process';
import { cp, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { auditYears } from '@understory/transparency-log/audit-years.ts';
import { openCheckpoint } from '@understory/transparency-log/checkpoint.ts';
import { decodeBundle, tilePath, tileReader, tileWidth } from '@understory/transparency-log/tiles.ts';
import {
	foldHashes,
	leafHash,
	proveConsistency,
	rootOf,
	verifyConsistency,
} from '@understory/transparency-log/tree.ts';
import { verifyEntry } from '@understory/transparency-log/verify.ts';
import { expect } from 'chai';
import pg from 'pg';
import { createBranch } from './fixtures/branch.ts';
import { DAY } from './fixtures/library.ts';
import { startSite, type TestSite } from './fixtures/site.ts';

interface PublicLog {
	readonly size: number;
	readonly root: Buffer;
	readonly entries: string[];
	hashes(size: number, level: number, index: number): Promise<Buffer>;
}

/** Reads a year's log as a stranger does: over HTTP, with nothing but the key, and recomputes its root from the entries. */
async function readLog(site: TestSite, year = 2026): Promise<PublicLog> {
	const prefix = `/log/${year}`;
	const { size, root, origin } = openCheckpoint(
		(await site.get(`${prefix}/checkpoint`)).text,
		await vkeyOf(site, year),
	);
	expect(origin).to.equal(`${site.library.site}/log/${year}`);
	const entries: string[] = [];
	for (let index = 0; tileWidth('entries', index, size) > 0; index++) {
		const path = tilePath({ level: 'entries', index, width: tileWidth('entries', index, size) });
		const bundle = await site.get(`${prefix}/${path}`);
		expect(bundle.status).to.equal(200);
		entries.push(...decodeBundle(bundle.body).map((entry) => entry.toString('utf8')));
	}
	const leaves = entries.map((entry) => leafHash(Buffer.from(entry)));
	const read = (level: number, index: number): Buffer =>
		foldHashes(leaves.slice(index * 2 ** level, (index + 1) * 2 ** level));
	expect(entries).to.have.length(size);
	expect((await rootOf(size, read)).equals(root), 'the entries give the root').to.equal(true);
	const tiles = tileReader(size, async (tile) => (await site.get(`${prefix}/${tilePath(tile)}`)).body);
	expect((await rootOf(size, tiles)).equals(root), 'the tiles give the root').to.equal(true);
	return { size, root, entries, hashes: async (_size, level, index) => read(level, index) };
}

async function expectGrown(before: PublicLog, after: PublicLog): Promise<void> {
	expect(after.entries.slice(0, before.size)).to.deep.equal(before.entries);
	if (before.size === 0) return;
	const proof = await proveConsistency(before.size, after.size, (level, index) =>
		after.hashes(after.size, level, index),
	);
	const claim = { size1: before.size, size2: after.size, root1: before.root, root2: after.root, proof };
	expect(verifyConsistency(claim), 'the log only grew').to.equal(true);
}

describe('publishing', () => {
	it('puts every accepted entry into the log, in order, and gives a receipt that proves it', async () => {
		const site = await startSite();
		try {
			const belmont = createBranch(site.library, 'belmont');
			const north = createBranch(site.library, 'north-portland');
			const sent = [belmont.next(), north.next(), belmont.next()];
			for (const { entry, disclosures } of sent) {
				expect((await site.post('/entries', { entry, disclosures })).status).to.equal(202);
			}
			await site.settle();
			const log = await readLog(site);
			expect(log.entries).to.deep.equal(sent.map(({ entry }) => entry));
			const vkey = await vkeyOf(site);
			for (const [index, { id, entry }] of sent.entries()) {
				const proof = await site.get(`/statements/${id}.tlog-proof`);
				expect(proof.status).to.equal(200);
				const bytes = (await site.get(`/statements/${id}.json`)).body;
				expect(bytes.toString('utf8')).to.equal(entry);
				expect(verifyEntry({ entry: bytes, proof: proof.text, vkey })).to.include({
					ok: true,
					index,
					size: 3,
				});
				const tampered = bytes.toString('utf8').replace('"source":"patron_report"', '"source":"staff"');
				expect(verifyEntry({ entry: tampered, proof: proof.text, vkey }).ok).to.equal(false);
			}
		} finally {
			await site.close();
		}
	});

	it('never forks, skips or repeats when killed between any two steps and started again', async function () {
		this.timeout(120_000);
		const site = await startSite({ parts: { publish: 'daily' } });
		try {
			const branch = createBranch(site.library, 'belmont');
			const sent: string[] = [];
			let before: PublicLog | null = null;
			let deaths = 0;
			for (const when of ['before', 'after']) {
				for (let at = 1; ; at++) {
					for (let i = 0; i < 2; i++) {
						const { entry, disclosures } = branch.next();
						sent.push(entry);
						expect((await site.post('/entries', { entry, disclosures })).status).to.equal(202);
					}
					const killed = await runDoomed(site, at, when);
					if (killed) deaths++;
					await site.restart({ publish: 'now' });
					await site.settle();
					const log = await readLog(site);
					expect(log.entries, `killed ${when} write ${at}`).to.deep.equal(sent);
					if (before) await expectGrown(before, log);
					before = log;
					await site.restart({ publish: 'daily' });
					if (!killed) break;
				}
			}
			// A tile, a bundle and the checkpoint, each before and after.
			expect(deaths).to.equal(6);
		} finally {
			await site.close();
		}
	});

	it('publishes in daily mode what came before today, and nothing of today', async () => {
		const site = await startSite({ parts: { publish: 'daily' } });
		try {
			const branch = createBranch(site.library, 'belmont');
			const first = branch.next();
			await site.post('/entries', { entry: first.entry, disclosures: first.disclosures });
			await site.settle();
			const waiting = await site.get(`/statements/${first.id}`);
			expect([waiting.status, (waiting.json() as { title: string }).title]).to.deep.equal([
				404,
				'This decision was received and is not published yet. Come back tomorrow.',
			]);
			expect((await readLog(site)).size).to.equal(0);
			// 17:00 in Portland; seven hours later it is tomorrow there.
			site.clock.advance(7 * 3_600_000 - 1);
			await site.settle();
			expect((await readLog(site)).size).to.equal(0);
			site.clock.advance(1);
			const second = branch.next();
			await site.post('/entries', { entry: second.entry, disclosures: second.disclosures });
			await site.settle();
			expect((await readLog(site)).entries).to.deep.equal([first.entry]);
			expect((await site.get(`/statements/${second.id}.tlog-proof`)).status).to.equal(404);
			site.clock.advance(DAY);
			await site.settle();
			expect((await readLog(site)).entries).to.deep.equal([first.entry, second.entry]);
		} finally {
			await site.close();
		}
	});

	describe('from one year to the next', () => {
		let site: TestSite;
		beforeEach(async () => {
			site = await startSite();
		});
		afterEach(() => site.close());

		/** Sends a decision of this branch and publishes; answers with its text. */
		async function decide(branch: ReturnType<typeof createBranch>): Promise<string> {
			const { entry } = branch.next();
			expect((await site.post('/entries', { entry, disclosures: [] })).status).to.equal(202);
			await site.settle();
			return entry;
		}
		/** 2027-01-01 07:30 UTC is still December 31 in Portland. */
		const newYearsEve = (): void => site.clock.advance(Date.UTC(2027, 0, 1, 7, 30) - site.clock.now());
		const read = (year: number) => async (path: string) => {
			const { status, body } = await site.get(`/log/${year}/${path}`);
			return status === 200 ? body : null;
		};

		it('begins a new log with the last state of the old one, in the year of the library', async () => {
			const branch = createBranch(site.library, 'belmont');
			const old = await decide(branch);
			newYearsEve();
			const eve = await decide(branch);
			expect((await site.get('/log/2027/checkpoint')).status).to.equal(404);
			site.clock.advance(3_600_000);
			const fresh = await decide(branch);
			expect((await readLog(site, 2026)).entries).to.deep.equal([old, eve]);
			const [link, ...entries] = (await readLog(site, 2027)).entries;
			expect(entries).to.deep.equal([fresh]);
			expect(link).to.equal((await site.get('/log/2026/checkpoint')).text);
			expect((await site.get('/log/2027/year-before')).text).to.equal(link);
			const proof = (await site.get('/log/2027/year-before.tlog-proof')).text;
			expect(verifyEntry({ entry: link!, proof, vkey: await vkeyOf(site, 2027) })).to.include({
				ok: true,
				index: 0,
			});
			expect((await site.get('/log/2026/year-before')).status).to.equal(404);
			const found = await auditYears({
				vkey: await vkeyOf(site, 2027),
				readOf: (origin) => read(Number(origin.slice(-4))),
			});
			expect(found.ok && found.years.map(({ size }) => size)).to.deep.equal([2, 2]);
		});

		it('does so when nothing is decided in the new year, too, and once', async () => {
			await decide(createBranch(site.library, 'belmont'));
			newYearsEve();
			site.clock.advance(3_600_000);
			for (let i = 0; i < 3; i++) await site.settle();
			expect((await readLog(site, 2027)).size).to.equal(1);
			expect((await site.get('/verify', { accept: 'text/html' })).text).to.contain('/log/2027/year-before');
		});

		it('never opens the old log again, though the clock is set back', async () => {
			const branch = createBranch(site.library, 'belmont');
			await decide(branch);
			newYearsEve();
			site.clock.advance(3_600_000);
			const fresh = await decide(branch);
			const closed = (await site.get('/log/2026/checkpoint')).text;
			site.clock.advance(-30 * DAY);
			const late = await decide(branch);
			expect((await readLog(site, 2027)).entries.slice(1)).to.deep.equal([fresh, late]);
			expect((await site.get('/log/2026/checkpoint')).text).to.equal(closed);
		});

		it('makes a lost folder of a linked year again as it was', async () => {
			const branch = createBranch(site.library, 'belmont');
			await decide(branch);
			newYearsEve();
			site.clock.advance(3_600_000);
			await decide(branch);
			const before = (await site.get('/log/2027/checkpoint')).text;
			await rm(join(site.folder, 'libraries', site.library.signed().library.id, 'log', '2027'), {
				recursive: true,
			});
			await site.restart();
			await site.settle();
			expect((await site.get('/log/2027/checkpoint')).text).to.equal(before);
		});

		it('never forks or loses the link when killed between any two steps of the first day', async function () {
			this.timeout(120_000);
			for (const when of ['before', 'after']) {
				for (let at = 1; at <= 4; at++) {
					const fresh = await startSite({ parts: { publish: 'daily' } });
					try {
						const branch = createBranch(fresh.library, 'belmont');
						const [old, next] = [branch.next().entry, branch.next().entry];
						await fresh.post('/entries', { entry: old, disclosures: [] });
						fresh.clock.advance(2 * DAY);
						await fresh.settle();
						fresh.clock.advance(Date.UTC(2027, 0, 1, 9) - fresh.clock.now());
						await fresh.post('/entries', { entry: next, disclosures: [] });
						fresh.clock.advance(DAY);
						expect(await runDoomed(fresh, at, when), `${when} ${at}`).to.equal(true);
						await fresh.restart({ publish: 'now' });
						await fresh.settle();
						const [link, ...entries] = (await readLog(fresh, 2027)).entries;
						expect(entries).to.deep.equal([next]);
						expect(link).to.equal((await fresh.get('/log/2026/checkpoint')).text);
					} finally {
						await fresh.close();
					}
				}
			}
		});
	});

	describe('when one side was restored from a backup', () => {
		let site: TestSite;
		beforeEach(async () => {
			site = await startSite();
		});
		afterEach(() => site.close());

		async function publish(count: number): Promise<string[]> {
			const own = createBranch(site.library, 'belmont');
			const sent: string[] = [];
			for (let i = 0; i < count; i++) {
				const { entry, disclosures } = own.next();
				sent.push(entry);
				expect((await site.post('/entries', { entry, disclosures })).status).to.equal(202);
				await site.settle();
			}
			return sent;
		}
		const logFolder = (): string =>
			join(site.folder, 'libraries', site.library.signed().library.id, 'log', '2026');

		it('makes a lost folder again from the database: the same log, not a fork', async () => {
			const sent = await publish(3);
			const before = await readLog(site);
			await rm(logFolder(), { recursive: true });
			await site.restart();
			await site.settle();
			expect(await readLog(site)).to.deep.include({ size: 3, root: before.root, entries: sent });
			const north = createBranch(site.library, 'north-portland').next();
			await site.post('/entries', { entry: north.entry, disclosures: [] });
			await site.settle();
			const after = await readLog(site);
			expect(after.entries).to.deep.equal([...sent, north.entry]);
			await expectGrown(before, after);
		});

		it('publishes nothing when the folder is older and the database lost its entries', async () => {
			await publish(2);
			const copy = join(site.folder, 'copy');
			await cp(logFolder(), copy, { recursive: true });
			await publishMore(site, 1);
			const newer = await readFile(join(logFolder(), 'checkpoint'), 'utf8');
			await site.role.close();
			const db = new pg.Client(site.databaseUrl);
			await db.connect();
			await db.query('delete from disclosures');
			await db.query('delete from entries where log_index = 2');
			await db.query("delete from chains where branch_id like '%north-portland'");
			await db.query('update logs set size = 2');
			await db.end();
			await site.restart();
			// The database would give place 2 again; the folder has it already.
			const { entry } = createBranch(site.library, 'north-portland').next();
			expect((await site.post('/entries', { entry, disclosures: [] })).status).to.equal(202);
			const failure = await site.settle().catch((error: Error) => error);
			expect(failure).to.have.property('name', 'LogMismatch');
			expect(await readFile(join(logFolder(), 'checkpoint'), 'utf8')).to.equal(newer);
		});

		it('signs nothing with another key when its own is lost', async () => {
			await publish(2);
			const home = join(site.folder, 'libraries', site.library.signed().library.id);
			await rm(home, { recursive: true });
			await site.restart();
			expect(await site.settle().catch((error: Error) => error)).to.have.property('name', 'LogMismatch');
			expect((await site.get('/log/2026/checkpoint')).status).to.equal(404);
			expect((await site.get('/statements.csv')).text.trim().split('\r\n')).to.have.length(3);
		});

		it('signs with the same key after a restart, kept where only its owner reads it', async () => {
			await publish(1);
			const key = join(site.folder, 'libraries', site.library.signed().library.id, 'log.key');
			expect((await stat(key)).mode & 0o777).to.equal(0o600);
			const before = await vkeyOf(site);
			await site.restart();
			expect(await vkeyOf(site)).to.equal(before);
		});
	});

	it('shows no tile that no checkpoint covers', async () => {
		const site = await startSite();
		try {
			const { entry } = createBranch(site.library, 'belmont').next();
			await site.post('/entries', { entry, disclosures: [] });
			await site.settle();
			expect((await site.get('/log/2026/tile/0/000.p/1')).status).to.equal(200);
			const folder = join(site.folder, 'libraries', site.library.signed().library.id, 'log/2026');
			await cp(join(folder, 'tile/0/000.p/1'), join(folder, 'tile/0/000.p/2'));
			for (const path of [
				'0/000.p/2',
				'0/000',
				'1/000.p/1',
				'entries/000',
				'0/../../../log.key',
				'0/000.p/1.draft',
				'x',
			]) {
				expect((await site.get(`/log/2026/tile/${path}`)).status, path).to.equal(404);
			}
			for (const year of ['2025', '1', 'abcd', '..']) {
				expect((await site.get(`/log/${year}/checkpoint`)).status, year).to.equal(404);
			}
			const checkpoint = await site.get('/log/2026/checkpoint');
			expect(checkpoint.headers['content-type']).to.equal('text/plain; charset=utf-8');
			expect(checkpoint.headers['cache-control']).to.equal('public, max-age=5');
			const tile = await site.get('/log/2026/tile/entries/000.p/1');
			expect(tile.headers['content-type']).to.equal('application/octet-stream');
			expect(tile.headers['cache-control']).to.contain('immutable');
		} finally {
			await site.close();
		}
	});
});

async function publishMore(site: TestSite, count: number): Promise<void> {
	const branch = createBranch(site.library, 'north-portland');
	for (let i = 0; i < count; i++) {
		const { entry, disclosures } = branch.next();
		expect((await site.post('/entries', { entry, disclosures })).status).to.equal(202);
		await site.settle();
	}
}

/** The key as anybody reads it, from the page. */
async function vkeyOf(site: TestSite, year = 2026): Promise<string> {
	const { text } = await site.get('/verify', { accept: 'text/html' });
	const pattern = new RegExp(`<code>(${site.library.site}/log/${year}\\+[^<]+)</code>`);
	const found = pattern.exec(text)?.[1];
	expect(found, `the key of ${year} is on the page`).to.be.a('string');
	return found!.replaceAll('&#x3D;', '=').replaceAll('&#x2B;', '+');
}

function runDoomed(site: TestSite, at: number, when: string): Promise<boolean> {
	const register = Buffer.from(JSON.stringify(site.library.signed())).toString('base64');
	const script = join(import.meta.dirname, 'fixtures/doomed.ts');
	const args = [script, site.databaseUrl, site.folder, register, String(site.clock.now()), String(at), when];
	return new Promise((resolve, reject) => {
		const child = spawn(process.execPath, args, { stdio: ['ignore', 'inherit', 'inherit'] });
		child.on('error', reject);
		child.on('exit', (code, signal) => {
			if (signal === 'SIGKILL') resolve(true);
			else if (code === 0) resolve(false);
			else reject(new Error(`the doomed process ended with ${code ?? signal}`));
		});
	});
}
