import type { EntrySubmission, SignedEntry } from '@understory/core/statement.ts';
import { reveal } from '@understory/transparency-log/sd.ts';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { MIGRATIONS } from '../src/store/migrations.ts';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { raw, rows } from './look.ts';

const FACTS = 'The post offers a car for money, and nobody had asked for an offer.';
const REASON = 'Somebody had asked for a car two posts above. So the rule does not fit here.';

describe('a decision that is taken back', () => {
	let bed: Bed;
	let rudy: Browser;
	let june: Browser;
	let taken: EntrySubmission[];

	beforeEach(async () => {
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		bed.grant('staff-june', 'north');
		taken = bed.takeEntries();
		await bed.settle();
		rudy = await bed.branch('north').join('rudy');
		june = bed.branch('north').browser({ staff_id: 'staff-june' });
	});
	afterEach(async () => {
		expect(bed.errors).to.deep.equal([]);
		await bed.close();
	});

	const hide = async (path: string) => {
		const at = `/staff/posts/${path.split('/')[2]}/decide`;
		await june.get(at);
		const answer = await june.post(at, { rule: 'conduct/no-advertising', facts: FACTS, do: 'decide' });
		return /done=(.+)$/.exec(answer.headers.location ?? '')![1]!;
	};
	const takeBack = async (id: string, reason = REASON, host = june) => {
		await host.get(`/staff/decisions/${id}`);
		return host.post(`/staff/decisions/${id}/reverse`, { reason });
	};
	const postRow = () => rows(bed, 'north', 'SELECT * FROM post ORDER BY id');

	it('leaves the post exactly as it was, with its answers and its stars', async () => {
		const ben = await bed.branch('north').join('ben');
		const path = await rudy.write('xd-car #wheels', 'branch');
		const number = path.split('/')[2];
		await ben.write('xd-answer', 'branch', path);
		await ben.get('/home');
		await ben.post(`/posts/${number}/star`, {});
		const before = postRow();
		const id = await hide(path);
		expect((await ben.get(path)).status).to.equal(404);
		expect((await takeBack(id)).status).to.equal(303);
		expect(postRow()).to.deep.equal(before);
		const page = (await ben.get(path)).body;
		expect(page).to.include('xd-car').and.include('xd-answer').and.include('starred it');
		expect((await ben.get('/search?q=wheels')).body).to.include('xd-car');
	});

	it('is told to the author with the reason, and stands in the log as a reversal of that decision', async () => {
		const id = await hide(await rudy.write('xd-car', 'branch'));
		await takeBack(id);
		const notices = (await rudy.get('/notices')).body;
		expect(notices).to.include('We took a decision about you back').and.include(REASON);
		const why = await rudy.get(/href="(\/notices\/\d+)"/.exec(notices)![1]!);
		expect(why.body).to.include('This decision was taken back').and.not.include('you can appeal until');
		await bed.settle();
		const [decision, reversal] = taken.slice(-2).map(({ entry }) => JSON.parse(entry) as SignedEntry);
		expect(reversal).to.deep.include({
			...{ kind: 'reversal', action: ['none'], refs: [id], notice_sent: 'yes', decided_by: 'host@north#1' },
			...{ rule: decision!.rule, scope: 'branch', content_month: decision!.content_month, appeal: null },
		});
		expect(
			reveal(reversal!._sd, taken.at(-1)!.disclosures)!.map(({ name, value }) => [name, value]),
		).to.deep.equal([['explanation', REASON]]);
		for (const word of ['rudy', 'xd-car', 'staff-june']) expect(taken.at(-1)!.entry).not.to.include(word);
	});

	it('sends its copies again to those who had them, under the same id, and they are as they were', async () => {
		const carla = await bed.branch('south').join('carla');
		const path = await rudy.write('xd-copied car #wheels', 'neighborhood');
		await bed.settle();
		const copy = () =>
			rows<{ id: number; uri: string; content_html: string; deleted: number | null }>(
				...([bed, 'south', 'SELECT id, uri, content_html, audience, summary, deleted FROM post'] as const),
			);
		const before = copy();
		const number = before[0]!.id;
		await carla.get('/home');
		await carla.post(`/posts/${number}/star`, {});
		await bed.settle();
		const id = await hide(path);
		await bed.settle();
		expect((await carla.get('/home')).body).not.to.include('xd-copied');
		await takeBack(id);
		await bed.settle();
		expect(copy()).to.deep.equal(before);
		expect((await carla.get('/home')).body).to.include('xd-copied');
		expect((await rudy.get(path)).body).to.include('starred it');
		expect((await carla.get('/search?q=wheels')).body).to.include('xd-copied');
	});

	it('reaches a server that was to have the post and never got it, and no other', async () => {
		const path = await rudy.write('xd-waiting car', 'neighborhood');
		const id = await hide(path);
		await takeBack(id);
		await bed.settle();
		const sent = rows<{ what: string; outcome: string }>(
			...([bed, 'north', 'SELECT what, outcome FROM delivery ORDER BY id'] as const),
		);
		expect(sent).to.deep.equal([
			{ what: 'create', outcome: 'withheld' },
			{ what: 'restore', outcome: 'accepted' },
		]);
		const ours = await hide(await rudy.write('xd-ours car', 'branch'));
		await takeBack(ours);
		await bed.settle();
		expect(rows(bed, 'north', 'SELECT id FROM delivery'), 'a branch post leaves in no way').to.have.length(2);
	});

	it('can be decided again, and taken back again', async () => {
		const carla = await bed.branch('south').join('carla');
		const path = await rudy.write('xd-twice car', 'neighborhood');
		await bed.settle();
		for (let time = 0; time < 2; time += 1) {
			const id = await hide(path);
			await bed.settle();
			expect((await carla.get('/home')).body).not.to.include('xd-twice');
			await takeBack(id);
			await bed.settle();
			expect((await carla.get('/home')).body).to.include('xd-twice');
		}
	});

	it('is one transaction: when the entry cannot be kept, nothing of it happened', async () => {
		const path = await rudy.write('xd-atomic', 'branch');
		const id = await hide(path);
		const { store } = bed.branch('north');
		store.transact((writing) =>
			writing.run(raw("CREATE TRIGGER full BEFORE INSERT ON entry BEGIN SELECT RAISE(ABORT, 'no'); END")),
		);
		expect((await takeBack(id)).status).to.equal(500);
		bed.errors.length = 0;
		expect((await rudy.get(path)).status).to.equal(404);
		expect(rows(bed, 'north', 'SELECT id FROM reversal')).to.deep.equal([]);
		expect(rows(bed, 'north', "SELECT id FROM notice WHERE kind = 'reversal'")).to.deep.equal([]);
	});

	it('is taken back once: of two hosts at the same moment one is told that it is done', async () => {
		const id = await hide(await rudy.write('xd-race', 'branch'));
		bed.grant('staff-ines', 'north', 'Ines');
		const ines = bed.branch('north').browser({ staff_id: 'staff-ines' });
		await june.get(`/staff/decisions/${id}`);
		await ines.get(`/staff/decisions/${id}`);
		const answers = await Promise.all(
			[june, ines].map((host) => host.post(`/staff/decisions/${id}/reverse`, { reason: REASON })),
		);
		expect(answers.map(({ status }) => status).sort()).to.deep.equal([303, 409]);
		expect(rows(bed, 'north', 'SELECT id FROM reversal')).to.have.length(1);
	});

	it('needs a host, and a reason that names nobody', async () => {
		const id = await hide(await rudy.write('xd-mine', 'branch'));
		expect((await rudy.get(`/staff/decisions/${id}`)).status).to.equal(403);
		await rudy.get('/home');
		expect((await rudy.post(`/staff/decisions/${id}/reverse`, { reason: REASON })).status).to.equal(403);
		const answer = await takeBack(id, 'It was rudy who was right about this.');
		expect(answer.status).to.equal(422);
		expect(answer.body).to.include('No names and no handles').and.include('who was right about this');
		expect((await june.get('/staff/decisions/none')).status).to.equal(404);
	});

	it('keeps the reason sealed in the file, and shows hosts what was decided and what became of it', async () => {
		const id = await hide(await rudy.write('xd-list', 'branch'));
		await takeBack(id);
		const [row] = rows<{ reason: string }>(bed, 'north', 'SELECT reason FROM reversal');
		expect(row!.reason).not.to.include('Somebody had asked');
		const list = await june.get('/staff/decisions');
		expect(list.status, list.body).to.equal(200);
		expect(list.body).to.include('A post was hidden').and.include('taken back');
		for (const language of ['en', 'es']) {
			const page = await june.get(`/staff/decisions/${id}?lang=${language}`);
			expect(page.status, page.body).to.equal(200);
		}
	});

	it('leaves alone what another decision did meanwhile', async () => {
		const path = await rudy.write('xd-other', 'branch');
		const first = await hide(path);
		const { store } = bed.branch('north');
		const other = await hide(await rudy.write('xd-second', 'branch'));
		store.transact((writing) =>
			writing.run(raw('UPDATE post SET hidden = ? WHERE hidden = ?', other, first)),
		);
		await takeBack(first);
		expect((await rudy.get(path)).status).to.equal(404);
	});
});

describe('decisions from before they could be taken back', () => {
	it('stand in the table of now, and the notices about them still name them', () => {
		const database = new Database(':memory:');
		database.pragma('foreign_keys = ON');
		const until = (most: number, from = 0) => {
			for (const { version, sql } of MIGRATIONS) if (version > from && version <= most) database.exec(sql);
		};
		until(32);
		database.exec(`
			INSERT INTO person (id, sub, handle, name, age_band, standing, language, rules_agreed, created, seen)
				VALUES (1, 's', 'rudy', 'Rudy', 'adult', 'full', 'en', '', 1, 1);
			INSERT INTO post (id, uri, person, content_html, scope, audience, thread, created)
				VALUES (2, 'u', 1, '', 'branch', '{}', 2, 1);
			INSERT INTO decision VALUES ('d', 2, 1, 'r', 1, 'p', 1, '["content_hidden"]', 'f', 's', '2026-10-15', 5);
			INSERT INTO notice (id, person, kind, post, decision, created) VALUES (3, 1, 'decision', 2, 'd', 5);
			INSERT INTO notice (id, person, kind, post, created) VALUES (4, 1, 'star', 2, 5);
		`);
		database.transaction(() => until(33, 32))();
		const all = (query: string) => database.prepare(query).raw().all();
		expect(all('SELECT id, post, person, created, until FROM decision')).to.deep.equal([
			['d', 2, 1, 5, null],
		]);
		expect(all('SELECT id, decision FROM notice ORDER BY id')).to.deep.equal([
			[3, 'd'],
			[4, null],
		]);
		expect(database.pragma('foreign_key_check')).to.deep.equal([]);
		database.close();
	});
});
