import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Log } from '@understory/core/log.ts';
import { auditLog } from '@understory/transparency-log/audit.ts';
import type { LogStorage } from '@understory/transparency-log/log.ts';
import { folderStorage } from '@understory/transparency-log/log-folder.ts';
import { decodeBundle } from '@understory/transparency-log/tiles.ts';
import { expect } from 'chai';
import pg from 'pg';
import { told } from '../../http/test/told.ts';
import { createAccountability } from '../src/accountability.ts';
import { createBranch } from './fixtures/branch.ts';
import { wordsOf } from './fixtures/html.ts';
import { DAY } from './fixtures/library.ts';
import { sitePublisher } from './fixtures/publisher.ts';
import { startSite, type TestSite } from './fixtures/site.ts';

const HTML = { accept: 'text/html' };

describe('when publishing goes wrong', () => {
	let site: TestSite;
	const events: string[] = [];
	const log: Log = {
		info: () => undefined,
		warn: (event) => void events.push(event),
		error: (event) => void events.push(event),
	};
	beforeEach(async () => {
		events.length = 0;
		site = await startSite({ parts: { log } });
	});
	afterEach(() => site.close());

	const logFolder = (): string =>
		join(site.folder, 'libraries', site.library.signed().library.id, 'log', '2026');
	const checkpoint = () => readFile(join(logFolder(), 'checkpoint'), 'utf8');
	async function send(count: number, slug = 'belmont'): Promise<string[]> {
		const branch = branches.get(site)?.get(slug) ?? createBranch(site.library, slug);
		branches.set(site, (branches.get(site) ?? new Map()).set(slug, branch));
		const sent: string[] = [];
		for (let i = 0; i < count; i++) {
			const { entry, disclosures } = branch.next();
			expect((await site.post('/entries', { entry, disclosures })).status).to.equal(202);
			sent.push(entry);
		}
		return sent;
	}
	const branches = new WeakMap<TestSite, Map<string, ReturnType<typeof createBranch>>>();
	/** The entries of the log that is served, after a look through every file of it. */
	async function served(): Promise<string[]> {
		const entries: string[] = [];
		const { text } = await site.get('/verify', HTML);
		const vkey = /<code>([^<]*log\/2026\+[^<]+)</.exec(text)![1]!;
		const audit = await auditLog({
			vkey: vkey.replaceAll('&#x3D;', '=').replaceAll('&#x2B;', '+'),
			read: async (path) => {
				const { status, body } = await site.get(`/log/2026/${path}`);
				return status === 200 ? body : null;
			},
			each: (entry) => {
				entries.push(entry.toString('utf8'));
				return null;
			},
		});
		expect(audit.ok, JSON.stringify(audit)).to.equal(true);
		return entries;
	}

	it('a full disk stops it at any write, the log stays as it was, and it goes on when there is room', async () => {
		let sent = await send(3);
		await site.settle();
		for (let at = 1; at <= 3; at++) {
			await site.restart({ publish: 'daily' });
			sent = [...sent, ...(await send(2))];
			const before = await checkpoint();
			const publisher = await sitePublisher(site, (folder) => full(folderStorage(folder), folder, at));
			try {
				const failure = await publisher.run().catch((error: Error) => error);
				expect(failure, `write ${at}`).to.have.property('code', 'ENOSPC');
			} finally {
				await publisher.close();
			}
			expect(await checkpoint()).to.equal(before);
			await site.restart();
			await site.settle();
			expect(await served()).to.deep.equal(sent);
		}
	});

	it('says on the page about checking that nothing is published, why, and since when; and no longer when it is', async () => {
		const { metrics } = site.role;
		const notPublished = () => told(metrics, 'understory_logs_not_published', { why: 'other' });
		await send(1);
		await site.settle();
		const published = site.clock.now() / 1_000;
		expect(await notPublished()).to.equal(0);
		expect(await told(metrics, 'understory_published_timestamp_seconds')).to.equal(published);
		const tile = join(logFolder(), 'tile', '0', '000.p');
		await rm(tile, { recursive: true });
		// A file where a folder has to be: whoever is root is stopped by that, too.
		await writeFile(tile, '');
		await send(1);
		expect(await site.settle().catch((error: Error) => error)).to.be.instanceOf(Error);
		site.clock.advance(90_000);
		expect(await notPublished()).to.equal(1);
		expect(await told(metrics, 'understory_log_trouble_seconds')).to.equal(90);
		expect(await told(metrics, 'understory_published_timestamp_seconds')).to.equal(published);
		const words = wordsOf((await site.get('/verify', HTML)).text);
		expect(words).to.contain('Nothing new can be published').and.to.contain('Nothing is lost');
		const spanish = await site.get('/verify', { ...HTML, 'accept-language': 'es' });
		expect(wordsOf(spanish.text)).to.contain('no se puede publicar nada');
		await rm(tile);
		await site.settle();
		expect(await notPublished()).to.equal(0);
		expect(wordsOf((await site.get('/verify', HTML)).text)).not.to.contain('Nothing new can be published');
		expect(await served()).to.have.length(2);
	});

	it('two publishers at once put every entry into the log once, in one order', async () => {
		const second = await createAccountability({ ...site.parts, log });
		try {
			const sent = new Set<string>();
			for (let round = 0; round < 6; round++) {
				for (const slug of ['belmont', 'north-portland'])
					for (const one of await send(2, slug)) sent.add(one);
				await Promise.all([site.settle(), second.settle(), site.settle(), second.settle()]);
			}
			const entries = await served();
			expect(entries).to.have.length(24);
			expect(new Set(entries)).to.deep.equal(sent);
		} finally {
			await second.close();
		}
	});

	it('a second site on the same database with a folder of its own signs nothing', async () => {
		await send(2);
		await site.settle();
		const second = await createAccountability({ ...site.parts, folder: `${site.folder}-second`, log });
		try {
			await send(1, 'north-portland');
			await site.settle();
			const before = await checkpoint();
			expect(await second.settle().catch((error: Error) => error)).to.be.instanceOf(Error);
			expect(await checkpoint()).to.equal(before);
			expect(await served()).to.have.length(3);
		} finally {
			await second.close();
			await rm(`${site.folder}-second`, { recursive: true, force: true });
		}
	});

	it('a clock that was set back dates nothing before what stands there already, and is written down', async () => {
		await send(1);
		await site.settle();
		site.clock.advance(-20 * DAY);
		await send(1);
		await site.settle();
		expect(await served()).to.have.length(2);
		const days = (await site.get('/statements.csv')).text
			.trim()
			.split('\r\n')
			.slice(1)
			.map((line) => /2026-10-\d\d(?=,2026,\d+,)/.exec(line)?.[0]);
		expect(days).to.deep.equal(['2026-10-14', '2026-10-14']);
		expect(events).to.include('clock_set_back');
	});

	it('in daily mode, what came before the clock was set back waits until that day comes again, and is not lost', async () => {
		await site.restart({ publish: 'daily' });
		const first = await send(1);
		site.clock.advance(-3 * DAY);
		const second = await send(1);
		await site.settle();
		site.clock.advance(DAY);
		await site.settle();
		expect((await site.get('/log/2026/checkpoint')).text.split('\n')[1]).to.equal('1');
		expect(await served()).to.deep.equal(second);
		site.clock.advance(4 * DAY);
		await site.settle();
		expect(await served()).to.deep.equal([...second, ...first]);
	});

	it('every damaged or missing file is made again as it was when the site looks through its log, and it is written down', async () => {
		const sent = await send(5);
		await site.settle();
		const files = ['checkpoint', 'tile/0/000.p/5', 'tile/entries/000.p/5'].map((path) =>
			join(logFolder(), path),
		);
		const before = await Promise.all(files.map((file) => readFile(file)));
		for (const [n, file] of files.entries()) {
			for (const spoil of ['flip', 'cut', 'drop'] as const) {
				const bytes = Buffer.from(before[n]!);
				if (spoil === 'flip') bytes[20]! ^= 1;
				if (spoil === 'drop') await rm(file);
				else await writeFile(file, spoil === 'cut' ? bytes.subarray(0, 30) : bytes);
				events.length = 0;
				await site.restart();
				await site.settle();
				expect((await readFile(file)).equals(before[n]!), `${spoil} ${file}`).to.equal(true);
				expect(events).to.include('log_mended');
			}
		}
		expect(await served()).to.deep.equal(sent);
		events.length = 0;
		await site.restart();
		await site.settle();
		expect(events, 'a sound log is left alone').to.deep.equal([]);
	});

	it('a damaged file is found within a day, though nobody starts anything', async () => {
		await send(3);
		await site.settle();
		const bundle = join(logFolder(), 'tile/entries/000.p/3');
		const bytes = await readFile(bundle);
		bytes[100]! ^= 1;
		await writeFile(bundle, bytes);
		await site.settle();
		expect((await readFile(bundle)).equals(bytes), 'not on the same day').to.equal(true);
		site.clock.advance(DAY);
		await site.settle();
		expect(decodeBundle(await readFile(bundle))).to.have.length(3);
		expect((await readFile(bundle)).equals(bytes)).to.equal(false);
		expect(events).to.include('log_mended');
	});

	it('a text that is gone and was not withdrawn is said to be missing on the page of its decision', async () => {
		const branch = createBranch(site.library, 'north-portland');
		const { id, entry, disclosures } = branch.next();
		await site.post('/entries', { entry, disclosures });
		await site.settle();
		expect(wordsOf((await site.get(`/statements/${id}`, HTML)).text)).not.to.contain('is missing here');
		const db = new pg.Client(site.databaseUrl);
		await db.connect();
		await db.query("delete from disclosures where entry_id = $1 and name = 'facts'", [id]);
		await db.end();
		await site.restart();
		const words = wordsOf((await site.get(`/statements/${id}`, HTML)).text);
		expect(words).to.contain('A text of this decision is missing here').and.to.contain('Nobody had asked');
		expect(await served()).to.deep.equal([entry]);
	});

	it('a database that tells another story mends nothing and publishes nothing', async () => {
		await send(3);
		await site.settle();
		const before = await readFolder(logFolder());
		await site.role.close();
		const db = new pg.Client(site.databaseUrl);
		await db.connect();
		await db.query(`update entries set entry = replace(entry, 'patron_report', 'staff') where log_index = 1`);
		await db.end();
		await rm(join(logFolder(), 'tile/entries/000.p/3'));
		before.delete('tile/entries/000.p/3');
		await site.restart();
		expect(await site.settle().catch((error: Error) => error)).to.have.property('name', 'LogMismatch');
		expect(await readFolder(logFolder())).to.deep.equal(before);
	});
});

/** Writes to a disk that has no room at the nth write: half of the draft is there, and the error of a full disk. */
function full(inner: LogStorage, folder: string, at: number): LogStorage {
	let writes = 0;
	return {
		read: (path) => inner.read(path),
		async write(path, bytes) {
			if (++writes !== at) return inner.write(path, bytes);
			await inner.write(`${path}.draft`, bytes.subarray(0, bytes.length / 2));
			throw Object.assign(new Error(`ENOSPC: no space left on device, write '${folder}'`), {
				code: 'ENOSPC',
			});
		},
	};
}

async function readFolder(folder: string): Promise<Map<string, string>> {
	const names = await readdir(folder, { recursive: true, withFileTypes: true });
	const files = names.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
	const read = await Promise.all(
		files.map(
			async (file): Promise<[string, string]> => [
				file.slice(folder.length + 1),
				(await readFile(file)).toString('base64'),
			],
		),
	);
	return new Map(read.sort());
}
