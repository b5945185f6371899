import type { EntrySubmission, SignedEntry } from '@understory/core/statement.ts';
import { expect } from 'chai';
import { dueAt } from '../src/services/hosting/concerns.ts';
import { type Bed, createBed, NOON } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';
import { takeEverything } from './take-everything.ts';
import { actorOf } from './wire.ts';

const HOUR = 60 * 60_000;
const DAY = 24 * HOUR;
const ZONE = 'America/Los_Angeles';
const FACTS = 'The post offers a car for money, and nobody had asked for an offer.';
const REASON = 'It asks for a lift to the clinic. That is allowed here, and nothing is sold.';

describe('the clock of a report', () => {
	it('runs by hours for what cannot wait for a desk to open, and else by working days', () => {
		expect(dueAt(ZONE, 'danger', NOON)).to.equal(NOON + 4 * HOUR);
		expect(dueAt(ZONE, 'private', NOON)).to.equal(NOON + DAY);
		expect(dueAt(ZONE, 'law', NOON)).to.equal(NOON + 2 * DAY);
		// From a Thursday over a weekend, until the last minute of the day in Portland.
		expect(new Date(dueAt(ZONE, 'rules', NOON)).toISOString()).to.equal('2026-10-14T06:59:00.000Z');
		expect(new Date(dueAt(ZONE, 'spam', NOON)).toISOString()).to.equal('2026-10-16T06:59:00.000Z');
	});
});

describe('the queue of a branch', function () {
	this.timeout(20_000);
	let bed: Bed;
	let ana: Browser;
	let ben: Browser;
	let cyd: Browser;
	let june: Browser;
	let ines: Browser;
	let taken: EntrySubmission[];
	let posts = 0;

	before(async () => {
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		bed.grant('staff-june', 'north');
		bed.grant('staff-ines', 'north', 'Ines Vega');
		taken = bed.takeEntries();
		await bed.settle();
		const north = bed.branch('north');
		[ana, ben, cyd] = [await north.join('ana'), await north.join('ben'), await north.join('cyd')];
		june = north.browser({ staff_id: 'staff-june' });
		ines = north.browser({ staff_id: 'staff-ines' });
	});
	after(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});

	const idOf = (path: string) => path.split('/').at(-1)!;
	const write = (who = ana, scope = 'branch') => who.write(`xq-post ${++posts}`, scope);
	async function tell(who: Browser, path: string, concern = 'rules', words = 'It is an advertisement.') {
		await who.get(`/posts/${idOf(path)}/report`);
		const answer = await who.post(`/posts/${idOf(path)}/report`, { words, concern });
		expect(answer.status, answer.body).to.equal(200);
	}
	const matterOf = (path: string) =>
		`/staff/reports/${rows<{ id: number }>(bed, 'north', 'SELECT id FROM matter WHERE post = ? ORDER BY id DESC', Number(idOf(path)))[0]!.id}`;
	/** A post somebody reported, and the page of its matter. */
	async function told(by = ben, concern = 'rules') {
		const path = await write();
		await tell(by, path, concern);
		return { path, at: matterOf(path) };
	}
	const press = async (who: Browser, at: string, form: Record<string, string>) => {
		await who.get(at);
		return who.post(at, form);
	};
	const closeIt = async (who: Browser, at: string, form: Record<string, string> = {}) => {
		await who.get(at);
		return who.post(`${at}/close`, { outcome: 'within_rules', reason: REASON, ...form });
	};
	const decideOn = (path: string) => `/staff/posts/${idOf(path)}/decide`;
	const RULING = { rule: 'conduct/no-advertising', facts: FACTS, do: 'decide' };
	const fieldIn = (page: { body: string }) => /name="matter" value="(\d+)"/.exec(page.body)?.[1] ?? '';
	async function decide(who: Browser, path: string, form: Record<string, string> = {}) {
		const matter = fieldIn(await who.get(decideOn(path)));
		return who.post(decideOn(path), { ...RULING, matter, ...form });
	}
	const noticeOf = async (who: Browser) =>
		/href="(\/reports\/\d+)"/.exec((await who.get('/notices')).body)?.[1] ?? '';

	it('holds what several people say about one post as one matter, with the most urgent clock', async () => {
		const { path, at } = await told(ben, 'spam');
		await tell(cyd, path, 'private', 'It has my door number in it.');
		await tell(ben, path, 'other', 'I changed my mind about why.');
		const page = (await june.get(at)).body;
		expect(page).to.contain('It has my door number in it.').and.contain('I changed my mind about why.');
		expect(page).not.to.contain('It is an advertisement.');
		expect(page).to.contain('Something private: ').and.contain('Friday, October 9');
		expect((await june.get('/staff/reports')).body).to.contain('2 people told you.');
		expect(page, 'the rules and their tests stand beside it')
			.to.contain('No advertising')
			.and.contain('The test');
		expect((await ben.get(at)).status).to.equal(403);
	});

	it('ends with a decision under a rule; each who told of it reads that something was done, and not what', async () => {
		const { path, at } = await told();
		await tell(cyd, path);
		bed.clock.advance(20 * HOUR);
		expect((await decide(ines, path)).status).to.equal(303);
		for (const who of [ben, cyd]) {
			const notices = (await who.get('/notices')).body;
			expect(notices).to.contain('The hosts looked at what you told them, and did something');
			const mine = await who.get(await noticeOf(who));
			expect(mine.status).to.equal(200);
			expect(mine.body)
				.to.contain('It is an advertisement.')
				.and.not.contain(FACTS)
				.and.not.contain('Ines Vega');
		}
		expect((await ana.get(await noticeOf(ben))).status, 'nobody else reads it').to.equal(404);
		expect((await ana.get('/notices')).body).not.to.contain('what you told them');
		expect((await june.get(at)).body)
			.to.contain('Something was done')
			.and.contain('/staff/decisions/');
		await bed.settle();
		const entry = JSON.parse(taken.at(-1)!.entry) as SignedEntry;
		expect(entry).to.deep.include({ source: 'patron_report', received_to_decided_hours: '<=24' });
	});

	it('says so when an appeal or a host takes that back', async () => {
		const { path } = await told();
		const done = await decide(june, path);
		const id = /done=(.+)$/.exec(done.headers.location!)![1]!;
		await june.get(`/staff/decisions/${id}`);
		await june.post(`/staff/decisions/${id}/reverse`, { reason: REASON });
		expect((await ben.get('/notices')).body).to.contain('The hosts took back what they had done');
	});

	it('ends without an act only with a reason, which whoever told of it reads word for word', async () => {
		const { at } = await told();
		const silent = await closeIt(june, at, { outcome: '', reason: 'Fine.' });
		expect(silent.status).to.equal(422);
		expect(silent.body).to.contain('Choose why nothing is done.').and.contain('Fine.');
		const named = await closeIt(june, at, { reason: 'What ana Person wrote there is allowed here.' });
		expect(named.status).to.equal(422);
		expect((await closeIt(june, at)).status).to.equal(303);
		const mine = await ben.get(await noticeOf(ben));
		expect(mine.body).to.contain('it breaks no rule').and.contain(REASON);
		const files = await takeEverything(bed, 'north', ben);
		const reported = JSON.parse(files.get('reports.json')!) as Record<string, unknown>[];
		expect(reported.at(-1), 'and takes it along').to.include({
			...{ words: 'It is an advertisement.', outcome: 'within_rules', reason: REASON },
		});
		const [kept] = rows<{ reason: string }>(
			bed,
			'north',
			'SELECT reason FROM matter WHERE id = ?',
			Number(idOf(at)),
		);
		expect(kept!.reason, 'sealed in the file').not.to.contain('clinic');
		expect((await june.get('/staff/reports')).body).not.to.contain(`href="${at}"`);
		expect((await press(june, at, { do: 'reopen' })).status).to.equal(303);
		expect((await june.get('/staff/reports')).body).to.contain(`href="${at}"`);
		expect((await closeIt(june, at, { outcome: 'gone' })).status).to.equal(303);
	});

	it('lets a host take, give and put back what comes; what a colleague has is not taken from them', async () => {
		const { at } = await told();
		expect((await press(june, at, { do: 'take' })).status).to.equal(303);
		const late = await press(ines, at, { do: 'take' });
		expect(late.status).to.equal(409);
		expect(late.body).to.contain('A colleague has taken this already');
		expect((await june.get('/staff/reports?whose=mine')).body).to.contain(`href="${at}"`);
		expect((await ines.get('/staff/reports?whose=mine')).body).not.to.contain(`href="${at}"`);
		expect((await press(june, at, { do: 'give', to: 'staff-nobody' })).status).to.equal(422);
		expect((await press(june, at, { do: 'give', to: 'staff-ines' })).status).to.equal(303);
		expect((await june.get(at)).body).to.contain('Ines Vega has it.');
		const { grants } = bed.register();
		const hers = grants.find(({ staff_id }) => staff_id === 'staff-ines')!;
		Object.assign(hers, { until: 1 });
		expect((await june.get('/staff/reports?whose=free')).body, 'who left has nothing').to.contain(
			`href="${at}"`,
		);
		Object.assign(hers, { until: null });
		expect((await press(ines, at, { do: 'put_back' })).status).to.equal(303);
		expect((await press(june, at, { do: 'fly' })).status).to.equal(404);
		expect((await closeIt(june, at)).status).to.equal(303);
		expect((await press(ines, at, { do: 'take' })).status, 'closed').to.equal(409);
	});

	it('is handed to the library’s moderation team, whose members see it and decide', async () => {
		const { path, at } = await told();
		expect((await press(june, at, { do: 'hand_over' })).status, 'nobody is on it').to.equal(409);
		bed.grant('staff-mo', 'north', 'Mo');
		const { grants } = bed.register();
		Object.assign(grants.find(({ staff_id }) => staff_id === 'staff-mo')!, {
			...{ branch: null, role: 'moderation_team' },
		});
		const mo = bed.branch('north').browser({ staff_id: 'staff-mo' });
		expect((await mo.get('/staff/reports?whose=team')).body).not.to.contain(`href="${at}"`);
		expect((await press(june, at, { do: 'hand_over' })).status).to.equal(303);
		expect((await mo.get('/staff/reports?whose=team')).body).to.contain(`href="${at}"`);
		expect((await decide(mo, path)).status).to.equal(303);
	});

	it('keeps notes for colleagues, sealed in the file', async () => {
		const { at } = await told();
		const note = (words: string) => june.post(`${at}/note`, { note: words });
		await june.get(at);
		expect((await note('')).status).to.equal(422);
		expect((await note('xq-note: spoke with her at the desk')).status).to.equal(303);
		expect((await ines.get(at)).body)
			.to.contain('xq-note: spoke with her at the desk')
			.and.contain('June Aldaba');
		const kept = JSON.stringify(rows(bed, 'north', 'SELECT words FROM matter_note'));
		expect(kept).not.to.contain('xq-note');
	});

	it('is decided once when two hosts decide at once: the other reads so, and nothing of theirs was done', async () => {
		const { path } = await told();
		// A label can stand beside another, so only the matter tells that somebody was quicker.
		const form = { ...RULING, post_act: 'content_labelled' };
		const forms = await Promise.all([june, ines].map(async (who) => fieldIn(await who.get(decideOn(path)))));
		const answers = await Promise.all([
			june.post(decideOn(path), { ...form, matter: forms[0]! }),
			ines.post(decideOn(path), { ...form, matter: forms[1]! }),
		]);
		expect(answers.map(({ status }) => status).sort()).to.deep.equal([303, 409]);
		expect(answers.find(({ status }) => status === 409)!.body).to.contain(
			'Another host decided this a moment ago',
		);
		const all = rows(bed, 'north', 'SELECT id FROM decision WHERE post = ?', Number(idOf(path)));
		expect(all).to.have.length(1);
		const { at } = await told();
		const closed = await Promise.all([june, ines].map((who) => closeIt(who, at)));
		expect(closed.map(({ status }) => status).sort()).to.deep.equal([303, 409]);
	});

	it('is not for whoever it is about, whichever of its ends they choose', async () => {
		const both = await bed.branch('north').join('hostess', { staff_id: 'staff-june' });
		const path = await both.write('xq-by a host', 'branch');
		await tell(ben, path);
		for (const answer of [await decide(june, path), await closeIt(june, matterOf(path))]) {
			expect(answer.status).to.equal(403);
			expect(answer.body).to.contain('Somebody else decides what is about you');
		}
		expect((await closeIt(ines, matterOf(path))).status).to.equal(303);
	});

	it('shows what is between few people only after one of them told of it, and its words on its own page', async () => {
		const path = await ana.write('xq-secret @ben', 'direct');
		expect((await june.get(decideOn(path))).status).to.equal(404);
		await tell(ben, path, 'danger');
		const list = (await june.get('/staff/reports')).body;
		expect(list).to.contain('between few people').and.not.contain('xq-secret');
		expect((await june.get(matterOf(path))).body).to.contain('xq-secret');
		const looks = rows<{ staff_id: string }>(
			bed,
			'north',
			"SELECT staff_id FROM access WHERE what = 'report'",
		);
		expect(looks, 'that she looked is written down').to.deep.equal([{ staff_id: 'staff-june' }]);
		expect((await decide(june, path)).status).to.equal(303);
	});

	it('has beside it what was decided and told about the same person before', async () => {
		const first = await told();
		await decide(june, first.path);
		const { at } = await told();
		const page = (await june.get(at)).body;
		expect(page).to.contain('A post was hidden: No advertising').and.contain(`href="${first.at}"`);
	});

	it('tells whoever told of somebody who left that there is nothing more to decide', async () => {
		const dov = await bed.branch('north').join('dov');
		const actor = await actorOf(bed, { slug: 'north', handle: 'dov' });
		await cyd.get(`/people/report?actor=${encodeURIComponent(actor)}`);
		await cyd.post('/people/report', { actor, words: 'xq-knocks every night', concern: 'danger' });
		await dov.get('/you/leave');
		expect((await dov.post('/you/delete', { handle: 'dov' })).status).to.be.oneOf([200, 303]);
		expect((await cyd.get('/notices')).body).to.contain(
			'What you told the hosts about is not there any more',
		);
		expect(JSON.stringify(rows(bed, 'north', 'SELECT words FROM report'))).not.to.contain('xq-knocks');
	});

	it('says what a week took, pauses left out, and welcomes newcomers slowly while too much is late', async () => {
		bed.clock.advance(8 * DAY);
		const north = bed.branch('north');
		// Sessions end within a day.
		[ben, june] = [north.browser({ sub: 'sub-north-ben' }), north.browser({ staff_id: 'staff-june' })];
		ana = north.browser({ sub: 'sub-north-ana' });
		await ana.get('/home');
		const { at } = await told();
		await june.get(at);
		bed.clock.advance(9 * 60_000);
		await june.get(at);
		bed.clock.advance(2 * HOUR);
		await june.get(at);
		bed.clock.advance(60_000);
		expect((await closeIt(june, at)).status).to.equal(303);
		const list = (await june.get('/staff/reports')).body;
		expect(list).to.contain('10 minutes');
		for (let n = 0; n < 3; n += 1) await told();
		const pace = (late: string) => june.post('/staff/reports/pace', { late });
		expect((await pace('2')).status, 'none of the choices').to.equal(422);
		expect((await pace('3')).status).to.equal(303);
		bed.clock.advance(6 * DAY);
		june = north.browser({ staff_id: 'staff-june' });
		await june.get('/staff/reports');
		const first = north.browser({ sub: 'sub-new-0' });
		expect((await first.get('/welcome')).body).to.contain('three new people a day can join');
		for (const handle of ['eva', 'fay', 'gil']) await north.join(handle);
		const fourth = await north.browser({ sub: 'sub-new-4' }).get('/welcome');
		expect(fourth.status).to.equal(403);
		expect(fourth.body).to.contain('This branch welcomes few new people a day just now');
		await north.join('newhost', { staff_id: 'staff-ines' });
		expect((await pace('')).status).to.equal(303);
		await north.join('hal');
	});
});
