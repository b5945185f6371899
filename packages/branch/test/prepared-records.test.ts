import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';
import { takeEverything } from './take-everything.ts';

const DAY = 24 * 60 * 60_000;
const FACTS = 'The post does what the rule names, and the test was answered with yes.';
const years = { least: 1, most: 6 };

describe('a record of a case that somebody else asks for', () => {
	let bed: Bed;
	let rudy: Browser;
	let lead: Browser;

	before(async () => {
		bed = await createBed(['north']);
		bed.grant('staff-june', 'north');
		bed.grant('staff-lead', 'north', 'Lea Lead', 'branch_lead');
		bed.takeEntries();
		await bed.settle();
		for (const handle of ['rudy', 'otto']) await bed.branch('north').join(handle);
	});
	after(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});
	beforeEach(() => {
		// Sessions end within a day, and these go on for weeks.
		bed.clock.advance(10 * 60_000);
		signIn();
		adopt(10);
	});

	function signIn() {
		rudy = bed.branch('north').browser({ sub: 'sub-north-rudy' });
		lead = bed.branch('north').browser({ staff_id: 'staff-lead' });
	}
	const adopt = (notice_days: number | null) =>
		bed.tell({
			records: {
				...{ profile: 'me', adopted_by: 'Library Board', adopted_on: '2026-09-30', notice_days },
				years: { removed: years, words: years, reports: years, accesses: years },
			},
		});
	const pass = async (milliseconds: number) => {
		bed.clock.advance(milliseconds);
		await bed.settle();
		signIn();
	};
	async function remove(text: string): Promise<string> {
		await rudy.get('/home');
		const post = (await rudy.write(text, 'branch')).split('/').at(-1)!;
		const june = bed.branch('north').browser({ staff_id: 'staff-june' });
		await june.get(`/staff/posts/${post}/decide`);
		const form = { rule: 'conduct/no-threats', facts: FACTS, do: 'decide', post_act: 'content_removed' };
		const answer = await june.post(`/staff/posts/${post}/decide`, form);
		return /done=(.+)$/.exec(answer.headers.location ?? '')![1]!;
	}
	const ask = async (id: string, over: Record<string, string> = {}) => {
		await lead.get(`/staff/decisions/${id}/record`);
		const form = { number: 'PRR 26-114', asker: 'anybody', kind: 'records_request' };
		return lead.post(`/staff/decisions/${id}/record`, { ...form, ...over });
	};
	const prepare = async (id: string) => {
		const answer = await ask(id);
		expect(answer.status).to.equal(303);
		return answer.headers.location!;
	};
	const give = async (at: string, form: Record<string, string> = {}) => {
		await lead.get('/staff/records');
		return lead.post(`${at}/give`, form);
	};
	const told = (id: string) =>
		rows<{ id: number; kind: string }>(
			bed,
			'north',
			"SELECT id, kind FROM notice WHERE decision = ? AND kind LIKE 'record%' ORDER BY id",
			id,
		);
	const object = async (who: Browser, notice: number, record: string, objection: string) => {
		await who.get('/notices');
		return who.post(`/notices/${notice}/records`, { record: record.split('/').at(-1)!, objection });
	};

	it('is given out at once, and nobody waits, where no days were adopted or the person asks', async () => {
		const id = await remove('xk-at-once');
		for (const days of [null, 0]) {
			adopt(days);
			expect((await ask(id)).body, String(days)).to.include('xk-at-once');
		}
		adopt(10);
		expect((await ask(id, { asker: 'subject' })).body).to.include('xk-at-once');
		expect(told(id)).to.deep.equal([]);
		expect((await ask(id, { kind: '' })).status).to.equal(422);
		expect((await ask(id, { kind: 'gossip' })).status).to.equal(422);
		expect((await lead.get('/staff/records')).body).not.to.include('PRR 26-114');
	});

	it('waits until its person was told and the days are over, and is then exactly what they were told of', async () => {
		const id = await remove('Told of by rudy Person');
		const at = await prepare(id);
		expect(told(id).map(({ kind }) => kind)).to.deep.equal(['record_told']);
		const page = `/notices/${told(id)[0]!.id}/records`;
		for (const language of ['en', 'es']) {
			expect((await rudy.get(`${page}?lang=${language}`)).body)
				.to.include('Told of by <mark>')
				.and.not.include('PRR 26-114');
			for (const staff of ['/staff/records', at])
				expect((await lead.get(`${staff}?lang=${language}`)).body, staff).to.include('PRR 26-114');
		}
		expect((await rudy.get(`${page.replace('/records', '')}?lang=en`)).body).to.include(page);
		expect((await bed.branch('north').browser({ sub: 'sub-north-otto' }).get(page)).status).to.equal(404);
		await pass(9.9 * DAY);
		expect((await give(at)).status).to.equal(409);
		await pass(0.2 * DAY);
		const given = await give(at);
		expect(given.body)
			.to.include('PRR 26-114')
			.and.include('Told of by <mark>')
			.and.not.include('rudy Person');
		expect((await give(at)).status, 'the page can be printed again').to.equal(200);
		expect(
			told(id).map(({ kind }) => kind),
			'told once',
		).to.deep.equal(['record_told', 'record_given']);
		expect((await lead.post(`${at}/take-back`, {})).status).to.equal(409);
		expect((await object(rudy, told(id)[0]!.id, at, 'Too late')).status).to.equal(409);
	});

	it('is not given out before whoever does it has read what its person says; the words rest sealed', async () => {
		const id = await remove('xk-objected');
		const at = await prepare(id);
		const [notice] = told(id);
		expect((await object(rudy, notice!.id, at, ' ')).status).to.equal(422);
		expect((await object(rudy, notice!.id, at, 'x'.repeat(2001))).status).to.equal(422);
		const otto = bed.branch('north').browser({ sub: 'sub-north-otto' });
		expect((await object(otto, notice!.id, at, 'xk-not-mine')).status).to.equal(404);
		expect((await object(rudy, notice!.id, at, 'xk-why <b>not</b>')).status).to.equal(303);
		expect((await object(rudy, notice!.id, at, 'And more')).status).to.equal(409);
		const files = await takeEverything(bed, 'north', rudy);
		expect(files.get('decisions.json'), 'it is theirs to take along').to.include('xk-why <b>not</b>');
		const kept = JSON.stringify(rows(bed, 'north', 'SELECT * FROM prepared_record'));
		expect(kept).not.to.include('xk-').and.not.include('PRR');
		await pass(10.1 * DAY);
		expect((await lead.get('/staff/records')).body)
			.to.include('The person objects')
			.and.not.include('xk-why');
		expect((await lead.get(at)).body).to.include('xk-why &lt;b&gt;not&lt;/b&gt;');
		expect((await give(at)).status).to.equal(422);
		const given = await give(at, { read: 'yes' });
		expect(given.body).to.include('xk-objected').and.not.include('xk-why');
	});

	it('is not given out when the case holds something else by now, and is taken back with a word to its person', async () => {
		const id = await remove('xk-changed');
		const at = await prepare(id);
		const appeal = /href="(\/notices\/\d+)"/.exec((await rudy.get('/notices')).body)![1]!;
		await rudy.get(appeal);
		expect((await rudy.post(`${appeal}/appeal`, { words: 'xk-new-words' })).status).to.equal(303);
		await pass(10.1 * DAY);
		const refused = await give(at);
		expect(refused.status).to.equal(409);
		expect(refused.body).not.to.include('xk-new-words');
		await lead.get(at);
		expect((await lead.post(`${at}/take-back`, {})).status).to.equal(303);
		expect((await give(at)).status).to.equal(409);
		expect(told(id).map(({ kind }) => kind)).to.deep.equal(['record_told', 'record_taken_back']);
	});

	it('is given out without a word to its person only with what the order says, where all who read cases see it', async () => {
		const id = await remove('xk-sealed-order');
		expect((await ask(id, { kind: 'court_order', forbids: 'yes', order: ' ' })).status).to.equal(422);
		const given = await ask(id, { kind: 'court_order', forbids: 'yes', order: 'Sealed by Judge Roe' });
		expect(given.body).to.include('xk-sealed-order');
		expect(told(id)).to.deep.equal([]);
		const june = bed.branch('north').browser({ staff_id: 'staff-june' });
		expect((await june.get('/staff/records')).body).to.include('Sealed by Judge Roe');
		expect((await rudy.get('/who-can-see')).body).to.include('told 10 days ahead');
	});

	it('keeps its case while it waits, and what it holds is destroyed with the words of the case', async () => {
		const id = await remove('xk-kept');
		const at = await prepare(id);
		await object(rudy, told(id)[0]!.id, at, 'xk-gone-one-day');
		await pass(7 * 366 * DAY);
		const filed = () => rows(bed, 'north', 'SELECT name FROM case_file WHERE decision = ?', id).length;
		expect(filed(), 'it waits').to.equal(1);
		await lead.get(at);
		expect((await lead.post(`${at}/take-back`, {})).status).to.equal(303);
		await pass(7 * 366 * DAY);
		expect(filed()).to.equal(0);
		const [row] = rows<object>(
			bed,
			'north',
			'SELECT number, digest, objection FROM prepared_record WHERE decision = ?',
			id,
		);
		expect(row).to.deep.equal({ number: '', digest: '', objection: '' });
		expect((await lead.get(at)).body).to.include('was destroyed by the schedule');
	});

	it('outlives its person’s leaving with what they said; nobody is left to tell, and the next goes at once', async () => {
		const id = await remove('xk-left');
		const at = await prepare(id);
		await object(rudy, told(id)[0]!.id, at, 'xk-last-words');
		await rudy.get('/you/leave');
		expect((await rudy.post('/you/delete', { handle: 'rudy' })).status).to.equal(200);
		await pass(10.1 * DAY);
		expect((await lead.get(at)).body).to.include('xk-last-words');
		expect((await ask(id, { kind: '' })).status, 'nobody to tell').to.equal(200);
		expect((await give(at, { read: 'yes' })).status).to.equal(200);
		expect(told(id)).to.deep.equal([]);
	});
});
