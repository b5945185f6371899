import type { Contact } from '@understory/core/contact.ts';
import type { EntrySubmission, OfficialRequestEntry } from '@understory/core/statement.ts';
import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';

const DAY = 24 * 60 * 60_000;
const FACTS = 'The post offers a car for money, and nobody had asked for an offer.';
const MEMBER: Contact = {
	...{ role: 'Council member', body: 'City Council', name: 'Ines Prado', phone: '5035550107', address: null },
	...{ branch: null, source: 'library IT', checked_on: '2026-10-01' },
};
const OMBUDS: Contact = { ...MEMBER, role: 'Ombuds', body: null, name: 'Al Ombuds' };
const GONE: Contact = { ...MEMBER, name: 'Bo Past', term_end: '2026-09-30' };

describe('a case that somebody lets an office read', () => {
	let bed: Bed;
	let rudy: Browser;
	let june: Browser;
	let taken: EntrySubmission[];

	before(async () => {
		bed = await createBed(['north']);
		bed.grant('staff-june', 'north');
		bed.name(MEMBER, GONE, OMBUDS);
		taken = bed.takeEntries();
		for (const handle of ['rudy', 'otto']) await bed.branch('north').join(handle);
		await bed.branch('north').join('kim', { age_band: 'child' });
	});
	after(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});
	// Sessions end within a day, networks may send a form a minute, and these go on for weeks.
	beforeEach(async () => {
		bed.clock.advance(10 * 60_000);
		rudy = bed.branch('north').browser({ sub: 'sub-north-rudy' });
		june = bed.branch('north').browser({ staff_id: 'staff-june' });
		await rudy.get('/home');
		await june.get('/staff');
	});

	interface Case {
		readonly decision: string;
		readonly at: string;
	}
	async function hide(who: Browser, text: string): Promise<Case> {
		const post = (await who.write(text, 'branch')).split('/').at(-1);
		await june.get(`/staff/posts/${post}/decide`);
		const form = { rule: 'conduct/no-advertising', facts: FACTS, do: 'decide', post_act: 'content_hidden' };
		const answer = await june.post(`/staff/posts/${post}/decide`, form);
		const decision = /done=(.+)$/.exec(answer.headers.location!)![1]!;
		const query = 'SELECT id FROM notice WHERE decision = ?';
		const [notice] = rows<{ id: number }>(bed, 'north', query, decision);
		return { decision, at: `/notices/${notice!.id}` };
	}
	const day = (days: number) => new Date(bed.clock.now() + days * DAY).toISOString().slice(0, 10);
	const sign = async (who: Browser, { at }: Case, over: Record<string, string> = {}) => {
		const page = (await who.get(`${at}/release`)).body;
		const office = /name="office" value="([^"]+)"/.exec(page)?.[1] ?? '';
		return who.post(`${at}/release`, { office, until: day(20), ...over });
	};
	const codeOn = (body: string) => /[0-9A-Z]{5}-[0-9A-Z]{5}-[0-9A-Z]{5}/.exec(body)![0];
	const office = () => bed.branch('north').browser();
	const read = (code: string) => office().post('/released', { code });
	const ask = (code: string, question: string) => office().post('/released/question', { code, question });
	const looks = (one: Case) =>
		rows<{ n: number }>(
			...([
				bed,
				'north',
				'SELECT count(*) AS n FROM release_look l JOIN case_release r ON r.id = l.release WHERE r.decision = ?',
			] as const),
			one.decision,
		)[0]!.n;
	const requests = async () => {
		await bed.settle();
		return taken
			.map(({ entry }) => JSON.parse(entry) as OfficialRequestEntry)
			.filter(({ kind }) => kind === 'official_request');
	};

	it('is signed on the page of the decision, for an office in office and for a time, and printed with a code that is shown once', async () => {
		const one = await hide(rudy, 'xr-signed my blue car');
		expect((await rudy.get(one.at)).body).to.include(`${one.at}/release`);
		const page = (await rudy.get(`${one.at}/release`)).body;
		expect(page).to.include('Council member, City Council, Ines Prado').and.not.include('Bo Past');
		expect((await rudy.get(`${one.at}/release?lang=es`)).body).to.include(
			'Permitir que una oficina lea su caso',
		);
		await rudy.get(`${one.at}/release?lang=en`);
		for (const [over, words] of [
			[{ office: 'x' }, 'Choose one of the offices'],
			[{ until: day(-1) }, 'Choose a day from today on'],
			[{ until: day(92) }, 'Choose a day from today on'],
			[{ until: 'never' }, 'Choose a day from today on'],
		] as const) {
			const { status, body } = await sign(rudy, one, over);
			expect([status, body.includes(words)], JSON.stringify(over)).to.deep.equal([422, true]);
		}
		const signed = await sign(rudy, one);
		expect(signed.status).to.equal(200);
		const code = codeOn(signed.body);
		expect(signed.body).to.include('Ines Prado').and.include(one.decision).and.include('/released');
		expect((await rudy.get(`${one.at}/release`)).body).not.to.include(code);
		expect(JSON.stringify(rows(bed, 'north', 'SELECT * FROM case_release'))).not.to.include(code);
		expect((await sign(rudy, one)).status, 'the same office twice').to.equal(409);
		expect(await requests(), 'signing alone is in no log').to.deep.equal([]);
	});

	it('is read by whoever has the code, without who they or others are; each look is written down and shown', async () => {
		const one = await hide(rudy, 'xr-read call Otto at 503 555 0100 about my car');
		await rudy.get(one.at);
		await rudy.post(`${one.at}/appeal`, { words: 'xr-appeal: I am Rudy, and otto asked me for it.' });
		const code = codeOn((await sign(rudy, one)).body);
		const page = (await read(` ${code.toLowerCase().replaceAll('-', ' ')} `)).body;
		expect(page).to.include(FACTS).and.include('No advertising').and.include('xr-appeal');
		expect(page)
			.not.to.include('xr-read')
			.and.not.match(/rudy|otto|staff-june/i);
		expect(page).to.include(one.decision);
		await read(code);
		expect(looks(one)).to.equal(2);
		expect((await rudy.get(`${one.at}/release`)).body).to.include('Read 2 times');
		const other = await hide(rudy, 'xr-words call Otto at 503 555 0100 about my van');
		const whole = (await read(codeOn((await sign(rudy, other, { words: 'yes' })).body))).body;
		expect(whole).to.include('xr-words call').and.include('[name]').and.include('[number]');
	});

	it('is asked about: the log says which office and how long, never which case; the answer reaches the office and the person', async () => {
		const one = await hide(rudy, 'xr-asked my red car');
		const code = codeOn((await sign(rudy, one)).body);
		expect((await ask(code, ' ')).status).to.equal(422);
		const sent = await ask(code, 'xr-question: why was this advertising?');
		expect(sent.status).to.equal(200);
		expect(sent.body).to.include('Your question was sent').and.include('October 22');
		const again = await ask(code, 'xr-second');
		expect([again.status, again.body.includes('One question at a time')]).to.deep.equal([422, true]);
		const [received, ...more] = await requests();
		expect(more).to.deep.equal([]);
		expect(received).to.deep.include({ request: 'case_question', outcome: 'open', days: null, refs: [] });
		expect(received!.office).to.deep.equal({ role: 'Council member', body: 'City Council', division: null });
		const list = (await june.get('/staff/reports')).body;
		expect(list).to.include('/staff/requests').and.include('1 waits for an answer');
		const path = `/staff/requests/${received!.id}`;
		expect((await june.get('/staff/requests')).body).to.include(path);
		expect((await june.get(path)).body)
			.to.include('xr-question')
			.and.include('Ines Prado');
		for (const [form, words] of [
			[{ outcome: 'answered', answer: '' }, 'Write an answer'],
			[{ outcome: '', answer: 'x' }, 'Say whether you answer'],
		] as const) {
			const { status, body } = await june.post(path, form);
			expect([status, body.includes(words)]).to.deep.equal([422, true]);
		}
		bed.clock.advance(5 * DAY);
		june = bed.branch('north').browser({ staff_id: 'staff-june' });
		await june.get(path);
		const form = { outcome: 'answered', answer: 'xr-answer: it named a price.' };
		expect((await june.post(path, form)).status).to.equal(303);
		expect((await june.post(path, form)).status, 'once').to.equal(409);
		const [, answered] = await requests();
		expect(answered).to.deep.include({ outcome: 'answered', days: 5, refs: [received!.id] });
		const inLog = JSON.stringify(taken.filter(({ entry }) => entry.includes('official_request')));
		expect(inLog)
			.not.to.match(/xr-|rudy|prado/i)
			.and.not.include(one.decision);
		expect((await read(code)).body).to.include('xr-answer');
		rudy = bed.branch('north').browser({ sub: 'sub-north-rudy' });
		expect((await rudy.get('/notices')).body).to.include('No advertising');
		const own = (await rudy.get(`${one.at}/release`)).body;
		expect(own).to.include('xr-question').and.include('xr-answer').and.include(received!.id);
		const another = /name="office" value="([^"]+)"[^>]*><span><b>Ombuds/.exec(own)![1]!;
		const ombuds = (await read(codeOn((await sign(rudy, one, { office: another })).body))).body;
		expect(ombuds, 'another office')
			.to.include(FACTS)
			.and.not.match(/xr-question|xr-answer/);
		const third = await ask(code, 'xr-third: and the next?');
		expect(third.body).to.include('Your question was sent');
	});

	it('ends when the person ends it, in mid-read too: nothing is shown or asked, and an open question is withdrawn', async () => {
		const one = await hide(rudy, 'xr-ended my green car');
		const code = codeOn((await sign(rudy, one)).body);
		await ask(code, 'xr-open: why?');
		const [{ id } = { id: '' }] = rows<{ id: string }>(
			...([bed, 'north', 'SELECT id FROM case_release WHERE decision = ?'] as const),
			one.decision,
		);
		const otto = bed.branch('north').browser({ sub: 'sub-north-otto' });
		await otto.get('/home');
		const theirs = await hide(otto, 'xr-theirs my old car');
		expect((await otto.post(`${theirs.at}/release/${id}/revoke`, {})).status, 'another’s').to.equal(404);
		const before = looks(one);
		await rudy.get(`${one.at}/release`);
		expect((await rudy.post(`${one.at}/release/${id}/revoke`, {})).status).to.equal(303);
		expect((await rudy.post(`${one.at}/release/${id}/revoke`, {})).status).to.equal(409);
		for (const answer of [await read(code), await ask(code, 'xr-late: why?')]) {
			expect(answer.status).to.equal(410);
			expect(answer.body).to.include('has ended it').and.not.include(FACTS).and.not.include(one.decision);
		}
		expect(looks(one)).to.equal(before);
		const last = (await requests()).at(-1)!;
		expect(last).to.deep.include({ outcome: 'withdrawn', days: 0 });
		await june.get(`/staff/requests/${last.refs[0]}`);
		const late = { outcome: 'answered', answer: 'Too late.' };
		expect((await june.post(`/staff/requests/${last.refs[0]}`, late)).status).to.equal(409);
	});

	it('ends by itself after its day, and with the account of whoever signed it', async () => {
		const one = await hide(rudy, 'xr-over my last car');
		const code = codeOn((await sign(rudy, one, { until: day(1) })).body);
		bed.clock.advance(3 * DAY);
		const answer = await read(code);
		expect([answer.status, answer.body.includes('Its last day was')]).to.deep.equal([410, true]);
		const lee = await bed.branch('north').join('lee');
		await lee.get('/home');
		june = bed.branch('north').browser({ staff_id: 'staff-june' });
		const theirs = await hide(lee, 'xr-left my bike');
		const other = codeOn((await sign(lee, theirs)).body);
		expect((await read(other)).status).to.equal(200);
		await lee.get('/you/leave');
		await lee.post('/you/delete', { handle: 'lee' });
		expect((await read(other)).status).to.equal(410);
	});

	it('is nobody else’s to release, nor a child’s; codes are not guessed, and whoever tries is slowed down', async () => {
		const one = await hide(rudy, 'xr-mine my new car');
		const otto = bed.branch('north').browser({ sub: 'sub-north-otto' });
		await otto.get('/home');
		expect((await otto.get(`${one.at}/release`)).status).to.equal(404);
		expect((await otto.post(`${one.at}/release`, { office: 'x', until: day(1) })).status).to.equal(404);
		expect((await otto.get(`/staff/decisions/${one.decision}/office`)).status).to.equal(403);
		const kim = bed.branch('north').browser({ sub: 'sub-north-kim', age_band: 'child' });
		await kim.get('/home');
		const kims = await hide(kim, 'xr-child my scooter');
		expect((await kim.get(kims.at)).body).not.to.include(`${kims.at}/release`);
		expect((await sign(kim, kims)).status).to.equal(404);
		const statuses: number[] = [];
		for (let at = 0; at < 7; at += 1) statuses.push((await read(`AAAAA-AAAAA-AAAA${at}`)).status);
		expect(statuses[0]).to.equal(422);
		expect(statuses.at(-1)).to.equal(429);
		expect((await ask('nothing', 'xr-kept words')).body).to.include('xr-kept words');
	});

	it('can be signed on paper at a desk, and from the porch', async () => {
		const one = await hide(rudy, 'xr-paper my scrap');
		const at = `/staff/decisions/${one.decision}`;
		expect((await june.get(`${at}/paper`)).body).to.include(`${at}/office`);
		const page = (await june.get(`${at}/office`)).body;
		const key = /name="office" value="([^"]+)"/.exec(page)![1]!;
		const slip = await june.post(`${at}/office`, { office: key, until: day(5) });
		expect(slip.body).to.include('Signature');
		expect((await read(codeOn(slip.body))).status).to.equal(200);
		expect((await rudy.get(`${one.at}/release`)).body).to.include('signed on paper');
		const porch = bed.branch('north').browser({ sub: 'sub-north-rudy', standing: 'porch' });
		await porch.get('/porch');
		const two = await hide(rudy, 'xr-porch my van');
		expect(codeOn((await sign(porch, two)).body)).to.have.length(17);
	});

	it('keeps what was asked and answered sealed, and its months add up', async () => {
		const kept = JSON.stringify(rows(bed, 'north', 'SELECT words, answer FROM office_question'));
		expect(kept).not.to.include('xr-').and.not.equal('[]');
		bed.clock.advance(60 * DAY);
		await bed.settle();
		const all = taken.map(({ entry }) => JSON.parse(entry));
		const months = all.filter(({ kind }) => kind === 'period_totals');
		const sum = (key: string) => months.reduce((count, { totals }) => count + (totals[key] ?? 0), 0);
		const outcomes = (await requests()).map(({ outcome }) => outcome);
		const open = outcomes.filter((outcome) => outcome === 'open').length;
		expect(sum('official_requests')).to.equal(open).and.to.be.greaterThan(1);
		expect(sum('official_requests_closed')).to.equal(outcomes.length - open);
	});
});
