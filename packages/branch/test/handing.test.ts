import { copyFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { openDatabase } from '../src/store/database.ts';
import { createStore } from '../src/store/store.ts';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { raw, rows } from './look.ts';

describe('what was handed to a branch of the same home', () => {
	let bed: Bed;
	let ana: Browser;
	beforeEach(async () => {
		bed = await createBed(['north', 'south'], 'short');
		bed.befriend('north', 'south');
		await bed.settle();
		ana = await bed.branch('north').join('ana');
	});
	afterEach(() => bed.close());

	const file = () => join(bed.branch('south').folder, 'branch.sqlite');
	const close = async () => {
		bed.branch('south').store.close();
		await bed.branch('south').open.close();
	};
	const there = () => {
		const database = new Database(file(), { readonly: true });
		const found = database.prepare('SELECT content_html, deleted FROM post ORDER BY id').all();
		database.close();
		return found as { content_html: string; deleted: number | null }[];
	};
	const waiting = () =>
		rows<{ what: string }>(bed, 'north', 'SELECT what FROM delivery WHERE finished IS NULL ORDER BY id');
	const minute = async () => {
		bed.clock.advance(60_000);
		await bed.settle();
	};

	it('is seen at once, and stays in the outbox until it is safe on the other disk', async () => {
		await ana.write('xg-seen', 'neighborhood');
		await bed.settle();
		expect(there()).to.have.length(1);
		expect(waiting()).to.deep.equal([{ what: 'create' }]);
		await minute();
		expect(waiting()).to.deep.equal([]);
		expect(rows(bed, 'north', 'SELECT outcome FROM delivery')).to.deep.equal([{ outcome: 'accepted' }]);
	});

	it('and lost there with the power comes again, in the order in which it was made', async () => {
		await close();
		copyFileSync(file(), `${file()}.older`);
		await bed.branch('south').reopen();
		await ana.write('xg-lost', 'neighborhood');
		const second = await ana.write('xg-taken-back', 'neighborhood');
		await bed.settle();
		await ana.post(`/posts/${second.split('/').at(-1)}/delete`, {});
		await bed.settle();
		expect(there()).to.have.length(2);
		await close();
		for (const end of ['-wal', '-shm']) rmSync(`${file()}${end}`, { force: true });
		copyFileSync(`${file()}.older`, file());
		await bed.branch('south').reopen();
		expect(there()).to.have.length(0);
		await minute();
		expect(there().map(({ content_html }) => content_html)).to.deep.equal(['<p>xg-lost</p>']);
		await minute();
		expect(waiting()).to.deep.equal([]);
	});

	it('and still there after a restart is handed over again without a second copy', async () => {
		await ana.write('xg-once', 'neighborhood');
		await bed.settle();
		await bed.branch('south').reopen();
		await bed.branch('north').reopen();
		await minute();
		await minute();
		expect(there()).to.have.length(1);
		expect(waiting()).to.deep.equal([]);
	});

	it('an edit and a Delete follow at once, though the post itself is not safe yet', async () => {
		const path = await ana.write('xg-short-lived', 'neighborhood');
		await bed.settle();
		await ana.post(`/posts/${path.split('/').at(-1)}/delete`, {});
		await bed.settle();
		expect(there()[0]?.deleted).to.be.a('number');
	});
});

describe('the relaxed door of a store', () => {
	it('keeps all or nothing too, and leaves the other door as strict as it was', async () => {
		const bed = await createBed(['north']);
		await bed.branch('north').open.close();
		const { database } = openDatabase(join(bed.branch('north').folder, 'branch.sqlite'), { create: false });
		const store = createStore(database);
		const modes: unknown[] = [];
		const write = (key: string) => (writing: Parameters<Parameters<typeof store.transact>[0]>[0]) => {
			modes.push(database.pragma('synchronous', { simple: true }));
			writing.run(raw('INSERT INTO cache VALUES (?, ?, 1)', key, ''));
		};
		store.relaxed.transact(write('a'));
		store.transact(write('b'));
		expect(() => store.relaxed.transact(write('b'))).to.throw();
		store.transact(write('c'));
		// 1 is NORMAL, 2 is FULL.
		expect(modes).to.deep.equal([1, 2, 1, 2]);
		const synced = () =>
			store.read((reading) => reading.all(raw("SELECT 1 FROM cache WHERE key = 'synced'")));
		store.sync();
		expect(synced()).to.have.length(0);
		store.relaxed.transact(write('d'));
		store.transact(() => undefined);
		store.sync();
		expect(synced()).to.have.length(1);
		store.close();
		await bed.close();
	});
});
