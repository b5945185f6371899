import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { MIGRATIONS } from '../src/store/migrations.ts';

describe('a decision about what was reported', function () {
	this.timeout(60_000);
	const DONE = { hidden: 1, decisions: 1, entries: 1, closed: 1, reporters: 1, authors: 1 };
	const NOTHING = { hidden: 0, decisions: 0, entries: 0, closed: 0, reporters: 0, authors: 0 };
	const LOOK = `SELECT
		(SELECT count(*) FROM post WHERE hidden IS NOT NULL) AS hidden,
		(SELECT count(*) FROM decision) AS decisions,
		(SELECT count(*) FROM entry WHERE body ->> '$.kind' = 'decision') AS entries,
		(SELECT count(*) FROM matter WHERE closed IS NOT NULL AND decision IS NOT NULL) AS closed,
		(SELECT count(*) FROM notice WHERE kind = 'report_outcome') AS reporters,
		(SELECT count(*) FROM notice WHERE kind = 'decision') AS authors`;

	for (const [moment, what, left] of [
		['between', 'the act is done and its statement is not written', NOTHING],
		['before', 'both are written and not yet kept', NOTHING],
		['after', 'both were kept and nobody was answered', DONE],
	] as const) {
		it(`is whole or not there after kill -9 when ${what}`, async () => {
			const file = fileURLToPath(new URL('./decide-crash-child.ts', import.meta.url));
			const child = spawn(process.execPath, [file, moment], { stdio: ['ignore', 'pipe', 'inherit'] });
			const gone = once(child, 'exit');
			let folder = '';
			for await (const line of createInterface({ input: child.stdout })) {
				folder = (JSON.parse(line) as { folder: string }).folder;
			}
			expect((await gone)[1]).to.equal('SIGKILL');
			const database = new Database(join(folder, 'north', 'branch.sqlite'));
			try {
				expect(database.prepare(LOOK).get()).to.deep.equal(left);
			} finally {
				database.close();
				rmSync(folder, { recursive: true, force: true });
			}
		});
	}
});

describe('reports of before', () => {
	it('become matters: one for each post or person, the open ones apart from the closed ones', () => {
		const database = new Database(':memory:');
		database.pragma('foreign_keys = ON');
		const migrate = (from: number, most: number) => {
			for (const { version, sql } of MIGRATIONS) if (version > from && version <= most) database.exec(sql);
		};
		migrate(0, 34);
		database.exec(BEFORE);
		database.transaction(() => migrate(34, 36))();
		const all = (sql: string) => database.prepare(sql).raw().all();
		expect(all('SELECT id, post, about, opened, closed, outcome FROM matter ORDER BY id')).to.deep.equal([
			[20, 10, 'https://north.example/ap/users/1', 100, null, null],
			[22, 10, 'https://north.example/ap/users/1', 102, 900, 'looked'],
			[23, 11, 'https://far.example/u/7', 103, null, null],
			[24, null, 'https://far.example/u/7', 104, null, null],
		]);
		expect(all('SELECT id, matter, actor, source, words, closed FROM report ORDER BY id')).to.deep.equal([
			[20, 20, 'https://north.example/ap/users/2', 'patron_report', 'a', null],
			[21, 20, 'https://north.example/ap/users/3', 'patron_report', 'b', null],
			[22, 22, 'https://far.example/u/7', 'remote_report', 'c', 900],
			[23, 23, 'https://north.example/ap/users/2', 'patron_report', 'd', null],
			[24, 24, 'https://north.example/ap/users/2', 'patron_report', 'e', null],
		]);
		expect(database.pragma('foreign_key_check')).to.deep.equal([]);
		database.close();
	});
});

/** A post of here and a copy from elsewhere, five reports. */
const BEFORE = `
INSERT INTO person (id, sub, handle, name, age_band, standing, language, rules_agreed, created, seen)
	VALUES (1, 's', 'ana', 'Ana', 'adult', 'full', 'en', '', 1, 1);
INSERT INTO remote_actor (id, uri, origin, host, handle, name, inbox, updated)
	VALUES (7, 'https://far.example/u/7', 'https://far.example', 'far.example', 'far', 'Far', 'https://far.example/in', 1);
INSERT INTO post (id, uri, person, remote, content_html, scope, audience, thread, created)
	VALUES (10, 'https://north.example/ap/users/1/statuses/10', 1, NULL, '', 'branch', '{}', 10, 1),
		(11, 'https://far.example/p/1', NULL, 7, '', 'public', '{}', 11, 1);
INSERT INTO report (id, post, about, actor, words, created, closed, staff_id) VALUES
	(20, 10, NULL, 'https://north.example/ap/users/2', 'a', 100, NULL, NULL),
	(21, 10, NULL, 'https://north.example/ap/users/3', 'b', 101, NULL, NULL),
	(22, 10, NULL, 'https://far.example/u/7', 'c', 102, 900, 'staff-june'),
	(23, 11, NULL, 'https://north.example/ap/users/2', 'd', 103, NULL, NULL),
	(24, NULL, 'https://far.example/u/7', 'https://north.example/ap/users/2', 'e', 104, NULL, NULL);
`;
