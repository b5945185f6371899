import { spawn } from 'node:child_process';
import {
	chmodSync,
	cpSync,
	existsSync,
	mkdirSync,
	readFileSync,
	rmSync,
	truncateSync,
	writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { PublicError } from '@understory/core/errors.ts';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { createBranchFolder } from '../src/folder.ts';
import { openBranch } from '../src/open-branch.ts';
import { openDatabase } from '../src/store/database.ts';
import { MIGRATIONS, SCHEMA } from '../src/store/migrations.ts';
import { createStore } from '../src/store/store.ts';
import { type Bed, createBed } from './bed.ts';
import { raw } from './look.ts';

describe('a branch folder', () => {
	let bed: Bed;
	let folder: string;
	beforeEach(async () => {
		bed = await createBed();
		folder = bed.branch('north').folder;
		bed.branch('north').store.close();
		await bed.branch('north').open.close();
	});
	afterEach(() => bed.close());

	/** The code of the refusal, and its sentence. */
	async function refusal(act: () => Promise<unknown>): Promise<{ code: string; text: string }> {
		try {
			await act();
		} catch (error) {
			if (error instanceof PublicError) return { code: error.code, text: error.message };
			throw error;
		}
		throw new Error('it was not refused');
	}
	const reopen = () => openBranch(folder, bed.parts());

	it('holds a database, a place for media and a card, and nothing of a making that was left', () => {
		for (const name of ['branch.sqlite', 'media', 'branch.json'])
			expect(existsSync(join(folder, name))).to.equal(true);
		expect(existsSync(`${folder}.making`)).to.equal(false);
	});

	it('is made once: making it again changes nothing, and half a folder from a crash is made anew', async () => {
		const before = readFileSync(join(folder, 'branch.json'), 'utf8');
		await createBranchFolder(folder, bed.branch('north').desired(), bed.parts());
		expect(readFileSync(join(folder, 'branch.json'), 'utf8')).to.equal(before);
		rmSync(folder, { recursive: true });
		mkdirSync(`${folder}.making`);
		writeFileSync(join(`${folder}.making`, 'branch.sqlite'), 'half a datab');
		await createBranchFolder(folder, bed.branch('north').desired(), bed.parts());
		const open = await reopen();
		expect(open.status().state).to.equal('serving');
		await open.close();
	});

	it('is not made where something else lies', async () => {
		const other = join(bed.folder, 'other');
		mkdirSync(other);
		writeFileSync(join(other, 'letter.txt'), 'dear reader');
		const desired = bed.branch('north').desired();
		expect((await refusal(() => createBranchFolder(other, desired, bed.parts()))).code).to.equal(
			'not_a_branch',
		);
		const another = { ...desired, branch: { ...desired.branch, id: 'branch-x' } };
		expect((await refusal(() => createBranchFolder(folder, another, bed.parts()))).code).to.equal('branch');
		expect(readFileSync(join(other, 'letter.txt'), 'utf8')).to.equal('dear reader');
	});

	it('keeps its key and consent when it is opened again', async () => {
		const first = await reopen();
		const before = first.status();
		await first.close();
		const second = await reopen();
		expect(second.status()).to.deep.equal(before);
		expect(before.consents).to.have.length(1);
		await second.close();
	});

	it('runs no migration when it is current, and says how many it ran when it is not', async () => {
		const open = await reopen();
		expect(open.migrated).to.equal(0);
		await open.close();
		const fresh = join(bed.folder, 'fresh.sqlite');
		const first = openDatabase(fresh, { create: true });
		expect(first.migrated).to.equal(MIGRATIONS.length);
		first.database.close();
		const second = openDatabase(fresh, { create: false });
		expect(second.migrated).to.equal(0);
		second.database.close();
	});

	it('is made with the tables that all migrations make, one after the other', () => {
		const files = ['new.sqlite', 'empty.sqlite'].map((name) => join(bed.folder, name));
		writeFileSync(files[1]!, '');
		const [made, migrated] = files.map((file) => {
			const { database } = openDatabase(file, { create: true });
			const tables = database.prepare('select type, name, sql from sqlite_schema order by type, name').all();
			const pragmas = [
				'user_version',
				'journal_mode',
				'synchronous',
				'foreign_keys',
				'page_size',
				'encoding',
			];
			const read = pragmas.map((name) => database.pragma(name, { simple: true }));
			database.close();
			return { tables, read };
		});
		expect(made!.tables.length).to.be.greaterThan(20);
		expect(made).to.deep.equal(migrated);
	});

	it('has one owner at a time', async () => {
		const open = await reopen();
		const { code, text } = await refusal(reopen);
		expect(code).to.equal('in_use');
		expect(text).to.include('in use by another process');
		await open.close();
		await (await reopen()).close();
	});

	const damages: [what: string, damage: (folder: string) => void][] = [
		['whose database is no database', (at) => writeFileSync(join(at, 'branch.sqlite'), 'x'.repeat(8192))],
		['whose database was cut off', (at) => truncateSync(join(at, 'branch.sqlite'), 5000)],
		['whose database is empty', (at) => writeFileSync(join(at, 'branch.sqlite'), '')],
		['whose card is no JSON', (at) => writeFileSync(join(at, 'branch.json'), '{"type":')],
		[
			'whose card lacks something',
			(at) => writeFileSync(join(at, 'branch.json'), '{"type":"understory/branch-folder/v1"}'),
		],
	];
	for (const [what, damage] of damages) {
		it(`${what} is refused as damaged, in a sentence, and left as it is`, async () => {
			damage(folder);
			const bytes = ['branch.sqlite', 'branch.json'].map((name) => readFileSync(join(folder, name), 'hex'));
			const { code, text } = await refusal(reopen);
			expect(code).to.equal('damaged');
			expect(
				['branch.sqlite', 'branch.json'].map((name) => readFileSync(join(folder, name), 'hex')),
			).to.deep.equal(bytes);
			expect(text).to.match(/backup\.$/);
		});
	}

	it('whose database came back alone has its card again, for the same branch and epoch and no other', async () => {
		const card = JSON.parse(readFileSync(join(folder, 'branch.json'), 'utf8'));
		for (const name of ['branch.json', 'media']) rmSync(join(folder, name), { recursive: true });
		const desired = bed.branch('north').desired();
		const later = { ...desired, branch: { ...desired.branch, epoch: 2 } };
		expect((await refusal(() => createBranchFolder(folder, later, bed.parts()))).code).to.equal('epoch');
		await createBranchFolder(folder, desired, bed.parts());
		const again = JSON.parse(readFileSync(join(folder, 'branch.json'), 'utf8'));
		const { made: _, ...same } = card;
		expect(again).to.include(same);
		await (await reopen()).close();
	});

	it('without a card is no branch', async () => {
		rmSync(join(folder, 'branch.json'));
		expect((await refusal(reopen)).code).to.equal('not_a_branch');
	});

	it('damaged in the middle answers with a sentence and says so in its status', async () => {
		const database = new Database(join(folder, 'branch.sqlite'));
		database.pragma('wal_checkpoint(TRUNCATE)');
		const root = Number(
			database.prepare("SELECT rootpage FROM sqlite_schema WHERE name = 'post_scope'").pluck().get(),
		);
		const size = Number(database.pragma('page_size', { simple: true }));
		database.close();
		const bytes = readFileSync(join(folder, 'branch.sqlite'));
		bytes.fill(0xee, (root - 1) * size, root * size);
		writeFileSync(join(folder, 'branch.sqlite'), bytes);
		bed.branch('north').open = await reopen();
		const answer = await bed.branch('north').browser().get('/');
		expect(answer.status).to.equal(503);
		expect(answer.body).to.include('This branch cannot be read now');
		expect(bed.branch('north').open.status()).to.include({ state: 'damaged' });
		await bed.branch('north').open.close();
	});

	it('of a newer Understory is refused', async () => {
		const database = new Database(join(folder, 'branch.sqlite'));
		database.pragma(`user_version = ${SCHEMA + 1}`);
		database.close();
		expect((await refusal(reopen)).code).to.equal('newer_schema');
	});

	it('with the keys of another home is refused', async () => {
		const parts = bed.parts({ homeKey: Buffer.alloc(32, 7) });
		expect((await refusal(() => openBranch(folder, parts))).code).to.equal('wrong_home_key');
	});

	it('that is a copy of an older epoch is not opened, so that a branch cannot speak twice', async () => {
		const copy = join(bed.folder, 'copy');
		cpSync(folder, copy, { recursive: true });
		bed.change('north', { epoch: 2 });
		const { code, text } = await refusal(() => openBranch(copy, bed.parts()));
		expect(code).to.equal('epoch');
		expect(text).to.include('a copy or a backup');
	});

	it('made for another port is refused in a sentence that names both', async () => {
		bed.change('north', { origin: 'http://north.lib.localhost:1' });
		const { code, text } = await refusal(reopen);
		expect(code).to.equal('origin');
		expect(text).to.include(`:${bed.port}`).and.include(':1.');
	});

	it('takes up newer documents, and refuses older ones and those of another epoch, address or branch', async () => {
		const open = await reopen();
		const now = bed.branch('north').desired();
		const branch = { ...now.branch, name: 'North Renamed' };
		const next = { ...now, generation: 2, issued: now.issued + 10, branch };
		expect((await open.apply(next)).generation).to.equal(2);
		expect((await open.apply(next)).generation).to.equal(2);
		const change = (changes: object) => ({ ...next, generation: 3, branch: { ...branch, ...changes } });
		expect((await refusal(() => open.apply(now))).code).to.equal('generation');
		expect((await refusal(() => open.apply(change({ epoch: 2 })))).code).to.equal('epoch');
		expect((await refusal(() => open.apply(change({ origin: 'http://x.localhost' })))).code).to.equal(
			'origin',
		);
		expect((await refusal(() => open.apply(change({ id: 'x' })))).code).to.equal('branch');
		const left = await open.apply({ ...next, generation: 3, neighborhoods: [] });
		expect(left.consents).to.deep.equal([]);
		await open.close();
		const again = await openBranch(folder, bed.parts({ registerView: () => null }));
		expect(again.status().generation).to.equal(3);
		await again.close();
	});

	it('that may only be read is refused in words', async function () {
		chmodSync(bed.folder, 0o755);
		chmodSync(folder, 0o555);
		// The tests may run as root, whom no permission stops: a user namespace takes that away.
		const child = fileURLToPath(new URL('./read-only-child.ts', import.meta.url));
		const command = [process.execPath, child, folder, bed.homeKey.toString('hex')];
		const root = process.getuid?.() === 0;
		const wrapped = root ? ['unshare', '-U', '--map-user=1000', '--map-group=1000', ...command] : command;
		const { code, output } = await run(wrapped);
		chmodSync(folder, 0o755);
		if (root && code !== 0 && output === '') {
			console.warn('not run: this machine gives root no way to be somebody else (unshare -U failed)');
			this.skip();
		}
		expect(JSON.parse(output)).to.deep.equal({ opened: 'read_only', made: 'read_only' });
	});

	it('on a full disk refuses what is new in words, and keeps what it had', () => {
		const { database } = openDatabase(join(folder, 'branch.sqlite'), { create: false });
		const store = createStore(database);
		database.pragma(`max_page_count = ${Number(database.pragma('page_count', { simple: true })) + 2}`);
		const write = (n: number) =>
			store.transact((writing) =>
				writing.run(raw('INSERT INTO cache VALUES (?, ?, 1)', `key ${n}`, 'x'.repeat(3000))),
			);
		let kept = 0;
		let fault: unknown;
		for (; kept < 50 && !fault; kept += 1) {
			try {
				write(kept);
			} catch (error) {
				fault = error;
			}
		}
		expect(fault).to.be.instanceOf(PublicError).with.property('code', 'disk_full');
		const count = store.read(
			(reading) => reading.first<{ n: number }>(raw('SELECT count(*) n FROM cache'))!.n,
		);
		expect(count).to.equal(kept - 1);
		store.close();
	});

	it('killed at any moment has every post that was acknowledged, and its deliveries', async () => {
		const child = spawn(process.execPath, [fileURLToPath(new URL('./crash-child.ts', import.meta.url))], {
			stdio: ['ignore', 'pipe', 'inherit'],
		});
		const gone = new Promise((resolve) => child.once('exit', resolve));
		let where: { folder: string; homeKey: string } | undefined;
		const acknowledged: number[] = [];
		for await (const line of createInterface({ input: child.stdout })) {
			if (where) acknowledged.push(Number(line));
			else where = JSON.parse(line) as typeof where;
			if (acknowledged.length === 25) child.kill('SIGKILL');
		}
		await gone;
		const north = join(where!.folder, 'north');
		const parts = bed.parts({ homeKey: Buffer.from(where!.homeKey, 'hex'), registerView: () => null });
		const open = await openBranch(north, parts);
		expect(open.migrated).to.equal(0);
		const store = createStore(new Database(join(north, 'branch.sqlite')));
		const rows = store.read((reading) =>
			reading.all<{ id: number; scope: string; deliveries: number }>(
				raw('SELECT id, scope, (SELECT count(*) FROM delivery WHERE post = post.id) deliveries FROM post'),
			),
		);
		store.close();
		await open.close();
		rmSync(where!.folder, { recursive: true, force: true });
		expect(rows.map(({ id }) => id)).to.include.members(acknowledged);
		for (const row of rows) expect(row.deliveries).to.equal(row.scope === 'neighborhood' ? 1 : 0);
	});
});

function run(command: readonly string[]): Promise<{ code: number | null; output: string }> {
	const [program = '', ...rest] = command;
	const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
	let output = '';
	child.stdout.on('data', (chunk: Buffer) => {
		output += chunk.toString();
	});
	return new Promise((resolve, reject) => {
		child.once('error', reject);
		child.once('close', (code) => resolve({ code, output }));
	});
}
