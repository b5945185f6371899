import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';

const FACTS = 'The post does what the rule names, and the test was answered with yes.';
const REASON = 'The test of the rule was answered with no, after everything was read again.';
const YEAR = 366 * 24 * 60 * 60_000;

describe('what is kept of a case', () => {
	let bed: Bed;

	beforeEach(async () => {
		bed = await createBed(['north']);
		bed.grant('staff-june', 'north');
		bed.grant('staff-lead', 'north', 'Lea Lead', 'branch_lead');
		bed.takeEntries();
		await bed.settle();
		await bed.branch('north').join('rudy');
		await bed.branch('north').join('ben');
	});
	afterEach(async () => {
		expect(bed.errors).to.deep.equal([]);
		await bed.close();
	});

	const as = (staff_id: string) => bed.branch('north').browser({ staff_id });
	const rudy = () => bed.branch('north').browser({ sub: 'sub-north-rudy' });
	const write = async (text: string) => {
		const who = rudy();
		await who.get('/home');
		return (await who.write(text, 'branch')).split('/').at(-1)!;
	};
	const decide = async (post: string, post_act: string) => {
		const june = as('staff-june');
		await june.get(`/staff/posts/${post}/decide`);
		const form = { rule: 'conduct/no-threats', facts: FACTS, do: 'decide', post_act };
		const answer = await june.post(`/staff/posts/${post}/decide`, form);
		return /done=(.+)$/.exec(answer.headers.location ?? '')![1]!;
	};
	const send = async (who: Browser, id: string, what: string, form: Record<string, string> = {}) => {
		await who.get(`/staff/decisions/${id}`);
		return who.post(`/staff/decisions/${id}/${what}`, form);
	};
	const parts = (id: string) =>
		rows<{ name: string }>(bed, 'north', `SELECT name FROM case_file WHERE decision = '${id}'`).map(
			({ name }) => name,
		);
	const pass = async (milliseconds: number) => {
		bed.clock.advance(milliseconds);
		await bed.settle();
	};
	const destroyed = () =>
		rows<{ class: string; count: number; years: number }>(
			bed,
			'north',
			'SELECT class, count, years FROM destruction ORDER BY id',
		);

	it('is destroyed when its years are over, with a record that says how much and not what', async () => {
		const id = await decide(await write('xk-removed'), 'content_removed');
		await pass(2.9 * YEAR);
		expect(parts(id)).to.deep.equal(['post']);
		await pass(0.2 * YEAR);
		expect(parts(id)).to.deep.equal([]);
		expect(destroyed()).to.deep.equal([{ class: 'removed', count: 1, years: 3 }]);
		await send(as('staff-june'), id, 'reverse', { reason: REASON });
		const [post] = rows<{ deleted: number; content_html: string }>(bed, 'north', 'SELECT * FROM post');
		expect([post!.deleted !== null, post!.content_html], 'nothing comes back').to.deep.equal([true, '']);
		for (const language of ['en', 'es']) {
			expect((await as('staff-lead').get(`/staff/retention?lang=${language}`)).status).to.equal(200);
			expect((await as('staff-june').get(`/staff/decisions/${id}?lang=${language}`)).status).to.equal(200);
		}
	});

	it('stays while it is held or an appeal waits, and the time begins with the answer', async () => {
		const held = await decide(await write('xk-held'), 'content_removed');
		const appealed = await decide(await write('xk-appealed'), 'content_removed');
		const who = rudy();
		const at = /href="(\/notices\/\d+)"/.exec((await who.get('/notices')).body)![1]!;
		await who.get(at);
		expect((await who.post(`${at}/appeal`, { words: 'It was a line of a song.' })).status).to.equal(303);
		expect((await send(as('staff-june'), held, 'hold', { hold: '' })).status).to.equal(422);
		expect((await send(as('staff-june'), held, 'hold', { hold: 'Records request 26-114' })).status).to.equal(
			303,
		);
		expect((await send(as('staff-june'), held, 'hold', { hold: 'Again' })).status).to.equal(409);
		expect((await send(as('staff-june'), held, 'release')).status).to.equal(403);
		await pass(4 * YEAR);
		expect([parts(held), parts(appealed)]).to.deep.equal([['post'], ['post']]);
		expect(destroyed()).to.deep.equal([]);
		const lead = as('staff-lead');
		expect((await lead.get('/staff/retention')).body).to.include('Records request 26-114');
		const [appeal] = rows<{ id: string }>(bed, 'north', 'SELECT id FROM appeal');
		await lead.get(`/staff/appeals/${appeal!.id}`);
		const answer = { outcome: 'upheld', reason: REASON };
		expect((await lead.post(`/staff/appeals/${appeal!.id}`, answer)).status).to.equal(303);
		expect((await send(lead, held, 'release')).status).to.equal(303);
		await pass(YEAR);
		expect([parts(held), parts(appealed)]).to.deep.equal([[], ['post']]);
		await pass(2.1 * YEAR);
		expect(parts(appealed)).to.deep.equal([]);
		expect(destroyed()).to.deep.equal([
			{ class: 'removed', count: 1, years: 3 },
			{ class: 'removed', count: 1, years: 3 },
			{ class: 'words', count: 1, years: 3 },
			{ class: 'accesses', count: 1, years: 6 },
		]);
		expect(rows<{ words: string }>(bed, 'north', 'SELECT words FROM appeal')).to.deep.equal([{ words: '' }]);
		const back = rudy();
		await back.get('/you/leave');
		expect((await back.post('/you/archive', {})).status, 'everything can still be taken along').to.equal(200);
	});

	it('is copied by a hold, so that its author’s taking it back does not lose it, and a reversal neither', async () => {
		const labelled = await write('xk-labelled');
		const id = await decide(labelled, 'content_labelled');
		await send(as('staff-june'), id, 'hold', { hold: 'A court' });
		const who = rudy();
		await who.get('/home');
		expect((await who.post(`/posts/${labelled}/delete`, {})).status).to.equal(303);
		const june = as('staff-june');
		expect((await june.get(`/staff/decisions/${id}`)).body).not.to.include('xk-labelled');
		expect((await send(june, id, 'open', { why_open: 'records' })).body).to.include('xk-labelled');
		const notice = /href="(\/notices\/\d+)"/.exec((await rudy().get('/notices')).body)![1]!;
		expect((await rudy().get(notice)).body, 'they took it back').not.to.include('xk-labelled');
		const removed = await decide(await write('xk-back'), 'content_removed');
		await send(june, removed, 'hold', { hold: 'A court' });
		await send(june, removed, 'reverse', { reason: REASON });
		expect(parts(removed)).to.deep.equal(['held:post']);
		expect((await rudy().get('/home')).body).to.include('xk-back');
	});

	it('is kept for as long as the library says, and not for “a while”', async () => {
		const lead = as('staff-lead');
		await lead.get('/staff/retention');
		for (const removed of ['0', '51', '1.5', 'a while', '']) {
			const bad = await lead.post('/staff/retention', { removed, words: '3', reports: '3', accesses: '6' });
			expect(bad.status, removed).to.equal(422);
		}
		const good = await lead.post('/staff/retention', {
			removed: '1',
			words: '2',
			reports: '3',
			accesses: '6',
		});
		expect(good.status).to.equal(303);
		const id = await decide(await write('xk-short'), 'content_removed');
		await pass(1.1 * YEAR);
		expect(parts(id)).to.deep.equal([]);
	});

	it('is kept within what the library’s counsel adopted, whatever was chosen before, and pages say who adopted it', async () => {
		const lead = as('staff-lead');
		await lead.get('/staff/retention');
		const one = { removed: '1', words: '1', reports: '1', accesses: '1' };
		expect((await lead.post('/staff/retention', one)).status).to.equal(303);
		expect((await lead.get('/staff/retention')).body).to.include('has adopted a profile of records yet');
		const years = { least: 2, most: 4 };
		bed.tell({
			records: {
				...{ profile: 'me', adopted_by: 'Library Board', adopted_on: '2026-09-30' },
				years: { removed: years, words: years, reports: years, accesses: years },
			},
		});
		const id = await decide(await write('xk-floor'), 'content_removed');
		await pass(1.5 * YEAR);
		expect(parts(id), 'the year that was chosen is below what was adopted').to.deep.equal(['post']);
		await pass(0.6 * YEAR);
		expect(parts(id)).to.deep.equal([]);
		const again = as('staff-lead');
		await again.get('/staff/retention');
		for (const removed of ['1', '5'])
			expect((await again.post('/staff/retention', { ...one, removed })).status, removed).to.equal(422);
		for (const page of ['/staff/retention', '/who-can-see'])
			expect((await again.get(page)).body, page)
				.to.include('“Maine”, was adopted by Library Board on September 30, 2026')
				.and.not.include('these are the defaults');
		expect((await again.get('/staff/retention?lang=es')).body).to.include('De 2 a 4 años.');
	});

	it('goes with what was reported, notes and the answer; what is open, or became a case that is held, waits', async () => {
		await bed.branch('north').join('ana');
		const told: { id: string; at: string }[] = [];
		for (const text of ['xk-first', 'xk-second', 'xk-third']) {
			const id = await write(text);
			const ana = bed.branch('north').browser({ sub: 'sub-north-ana' });
			await ana.get(`/posts/${id}/report`);
			await ana.post(`/posts/${id}/report`, { words: `${text} reported` });
			const [matter] = rows<{ id: number }>(bed, 'north', 'SELECT max(id) AS id FROM matter');
			told.push({ id, at: `/staff/reports/${matter!.id}` });
		}
		const june = as('staff-june');
		const [closed, , acted] = told;
		await june.get(closed!.at);
		await june.post(`${closed!.at}/note`, { note: 'xk-note' });
		await june.post(`${closed!.at}/close`, { outcome: 'within_rules', reason: REASON });
		await send(june, await decide(acted!.id, 'content_labelled'), 'hold', { hold: 'A court' });
		await pass(3.1 * YEAR);
		const kept = rows<{ words: string }>(bed, 'north', 'SELECT words FROM report ORDER BY id');
		expect(kept.map(({ words }) => words)).to.deep.equal(['', 'xk-second reported', 'xk-third reported']);
		expect(rows(bed, 'north', 'SELECT id FROM matter_note')).to.deep.equal([]);
		expect((await as('staff-june').get(closed!.at)).body)
			.to.include('It breaks no rule')
			.and.not.include(REASON);
		expect(destroyed().filter((one) => one.class === 'reports')).to.deep.equal([
			{ class: 'reports', count: 1, years: 3 },
		]);
	});

	it('is handed over without what would tell who others are, and says what was taken out and by which rule', async () => {
		const text = 'Ask ben Person (503-555-0142, ben@example.org) or rudy Person at 1420 NE Alberta St.';
		const id = await decide(await write(text), 'content_removed');
		const lead = as('staff-lead');
		const record = async (asker: string) => {
			await lead.get(`/staff/decisions/${id}/record`);
			return lead.post(`/staff/decisions/${id}/record`, { number: 'PRR 26-114', asker });
		};
		const own = await record('subject');
		expect(own.body)
			.to.include('Ask <mark>[name]</mark> <mark>[number]</mark>, <mark>[e-mail]</mark>) or rudy Person at')
			.and.include('<mark>[address]</mark>')
			.and.include('PRR 26-114')
			.and.include('October 8, 2026')
			.and.include('<td>number</td>')
			.and.not.include('555-0142');
		const other = await record('anybody');
		expect(other.body).not.to.include('rudy Person');
		expect((await record('')).status).to.equal(422);
		for (const language of ['en', 'es']) {
			expect((await lead.get(`/staff/decisions/${id}/record?lang=${language}`)).status).to.equal(200);
		}
		const looked = rows(bed, 'north', "SELECT what, why FROM access WHERE what = 'export'");
		expect(looked).to.deep.equal([{ what: 'export', why: 'records' }]);
	});
});
