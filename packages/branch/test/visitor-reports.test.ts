import { expect } from 'chai';
import { receiptCode, receiptDigest } from '../src/services/receipts.ts';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';

const HOUR = 60 * 60_000;
const REASON = 'The number was taken out of the post. Nothing else in it breaks a rule.';

describe('the code on a receipt', () => {
	const uuid = '0f1e2d3c-4b5a-4978-8796-a5b4c3d2e1f0';
	it('is the same however it is typed, and no letter of it is taken for another', () => {
		const code = receiptCode(uuid);
		expect(code).to.match(/^[0-9A-HJKMNP-TV-Z]{5}(-[0-9A-HJKMNP-TV-Z]{5}){2}$/);
		const typed = code.toLowerCase().replaceAll('-', ' ').replaceAll('0', 'o').replaceAll('1', 'l');
		expect(receiptDigest(typed)).to.equal(receiptDigest(code)).and.not.equal(null);
	});

	it('is no code when a sign is missing or is none', () => {
		const code = receiptCode(uuid);
		for (const wrong of ['', code.slice(1), `${code}0`, `U${code.slice(1)}`, `é${code.slice(1)}`]) {
			expect(receiptDigest(wrong), wrong).to.equal(null);
		}
	});
});

describe('telling the hosts something without an account', () => {
	let bed: Bed;
	let ana: Browser;
	let june: Browser;
	let nobody: Browser;

	before(async () => {
		bed = await createBed(['north']);
		bed.grant('staff-june', 'north');
		ana = await bed.branch('north').join('ana');
		june = bed.branch('north').browser({ staff_id: 'staff-june' });
		nobody = bed.branch('north').browser();
	});
	after(async () => {
		const { errors } = bed;
		await bed.close();
		expect(errors).to.deep.equal([]);
	});
	// Each may send five at once, and one a minute.
	beforeEach(() => bed.clock.advance(10 * 60_000));

	const WORDS = 'xv-words: that is our house, and we have nothing to do with it.';
	const tell = (page: string, more: Record<string, string> = {}, who = nobody) =>
		who.post('/report', { page, words: WORDS, concern: 'private', ...more });
	const codeIn = (body: string) => /class="digits big">([^<]+)</.exec(body)?.[1] ?? '';
	const ask = (code: string) => nobody.post('/report/receipt', { code });
	const matters = () => rows<{ id: number }>(bed, 'north', 'SELECT id FROM matter ORDER BY id');

	it('gives a receipt that leads to what came of it, and keeps nothing of whoever told it', async () => {
		const path = await ana.write('xv-the house at 12 Elm Street', 'public');
		const form = await nobody.get(`/report?page=${path}`);
		expect(form.body).to.contain(`value="${path}"`);
		expect(form.headers['set-cookie'], 'no session is begun').to.equal(undefined);
		expect((await nobody.get('/')).body).to.contain(encodeURIComponent(path));
		const told = await tell(`${bed.branch('north').origin}${path}`);
		expect(told.status, told.body).to.equal(200);
		expect(told.headers['set-cookie']).to.equal(undefined);
		const code = codeIn(told.body);
		expect((await ask(code)).body)
			.to.contain('The hosts have not answered yet')
			.and.not.contain('xv-words');
		const at = `/staff/reports/${matters().at(-1)!.id}`;
		expect((await june.get(at)).body)
			.to.contain('xv-words')
			.and.contain('somebody without an account here');
		await june.post(`${at}/close`, { outcome: 'gone', reason: REASON });
		expect((await ask(code.toLowerCase())).body)
			.to.contain('is not there any more')
			.and.contain(REASON);
		const kept = JSON.stringify(rows(bed, 'north', 'SELECT * FROM report'));
		expect(kept).not.to.contain(code).and.not.contain('127.0.0.1');
		expect(rows(bed, 'north', "SELECT sid FROM session WHERE data NOT LIKE '%claims%'")).to.deep.equal([]);
	});

	it('is about what everybody can read; a guess at anything else learns nothing and loses no word', async () => {
		const inside = await ana.write('xv-inside', 'branch');
		const gus = await bed.branch('north').join('gus', { age_band: 'teen' });
		expect((await gus.get('/@gus')).status).to.equal(200);
		const before = matters().length;
		const guesses = [
			inside,
			'/@ana/99999',
			'/@nobody',
			'/@gus',
			'/@ana/1x',
			'/about',
			'',
			'https://elsewhere.example/@ana',
		];
		for (const page of guesses) {
			bed.clock.advance(5 * 60_000);
			const refused = await tell(page);
			expect(refused.status, page).to.equal(422);
			expect(refused.body).to.contain('No page that everybody can read').and.contain('xv-words');
		}
		expect((await tell('/@ana', { words: ' ' })).status).to.equal(422);
		expect(matters()).to.have.length(before);
		expect((await tell('/@ana')).status).to.equal(200);
		expect(matters()).to.have.length(before + 1);
	});

	it('refuses a form of another site, and a code that nobody was given', async () => {
		const from = await nobody.post(
			'/report',
			{ page: '/@ana', words: WORDS },
			{ origin: 'https://evil.example' },
		);
		expect(from.status).to.equal(403);
		expect((await ask('00000-00000-00000')).status).to.equal(422);
	});

	it('is slowed down, by sender and for all together, and says so with everything that was typed', async () => {
		for (let n = 0; n < 5; n += 1) expect((await tell('/@ana')).status).to.equal(200);
		const sixth = await tell('/@ana');
		expect(sixth.status).to.equal(429);
		expect(sixth.headers).to.have.property('retry-after');
		expect(sixth.body).to.contain('Many messages came').and.contain('xv-words').and.contain('503-555-0100');
		bed.clock.advance(2 * HOUR);
		const sent = [];
		for (let n = 0; n < 31; n += 1) {
			bed.clock.advance(60_000);
			sent.push((await tell('/@ana')).status);
		}
		expect(sent.slice(0, 30).every((status) => status === 200)).to.equal(true);
		expect(sent.at(-1)).to.equal(429);
	});

	it('a desk writes down for somebody what they say, also about what is for the branch alone, with a receipt to print', async () => {
		const inside = await ana.write('xv-branch only', 'branch');
		const form = { page: inside, words: 'xv-by phone', concern: 'danger' };
		await june.get('/staff/reports/new');
		expect((await june.post('/staff/reports/new', { ...form, source: 'rumour' })).status).to.equal(422);
		const kept = await june.post('/staff/reports/new', { ...form, source: 'visitor' });
		expect(kept.status, kept.body).to.equal(200);
		expect((await ask(codeIn(kept.body))).body).to.contain('not answered yet');
		const order = await june.post('/staff/reports/new', { ...form, source: 'legal_order' });
		expect(order.status).to.equal(200);
		await bed.branch('north').join('hal');
		const direct = await ana.write('xv-direct @hal', 'direct');
		expect(
			(await june.post('/staff/reports/new', { ...form, page: direct, source: 'staff' })).status,
		).to.equal(422);
		expect((await ana.post('/staff/reports/new', { ...form, source: 'staff' })).status).to.equal(403);
		const at = `/staff/posts/${inside.split('/').at(-1)}/decide`;
		const look = await june.get(at);
		const matter = /name="matter" value="(\d+)"/.exec(look.body)![1]!;
		const facts = 'The post names the place where somebody is alone at night, against a court order.';
		const ruling = { rule: 'conduct/no-unlawful-content', facts, matter };
		const preview = await june.post(at, { ...ruling, do: 'preview' });
		expect(preview.body).to.contain('an order of a court or by law');
		expect((await june.post(at, { ...ruling, do: 'decide' })).status).to.equal(303);
		const entries = rows<{ body: string }>(bed, 'north', 'SELECT body FROM entry ORDER BY seq');
		expect(JSON.parse(entries.at(-1)!.body)).to.include({ source: 'legal_order' });
		const notice = /href="(\/notices\/\d+)"/.exec((await ana.get('/notices')).body)![1]!;
		expect((await ana.get(notice)).body).to.contain('an order of a court or by law');
	});
});
