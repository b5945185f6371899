import type { Entry, EntrySubmission } from '@understory/core/statement.ts';
import { expect } from 'chai';
import { type Bed, createBed } from './bed.ts';
import type { Browser } from './browser.ts';
import { rows } from './look.ts';

const FACTS = 'The post does what the rule names, and the test was answered with yes.';

describe('words that hosts look for', () => {
	let bed: Bed;
	let ana: Browser;
	let june: Browser;
	let taken: EntrySubmission[];

	before(async () => {
		bed = await createBed(['north', 'south']);
		bed.befriend('north', 'south');
		bed.grant('staff-june', 'north');
		taken = bed.takeEntries();
		await bed.settle();
		ana = await bed.branch('north').join('ana');
		await bed.branch('south').join('carla');
		june = bed.branch('north').browser({ staff_id: 'staff-june' });
		await june.get('/staff/words');
		const said = {
			phrase: 'xw-shelter',
			whole: 'yes',
			why: 'The address of the shelter must not be posted.',
		};
		expect((await june.post('/staff/words', said)).status).to.equal(303);
	});
	afterEach(() => expect(bed.errors).to.deep.equal([]));
	after(() => bed.close());

	const matters = () =>
		rows<{ source: string; words: string; post: number }>(
			...([bed, 'north', 'SELECT source, words, post FROM report ORDER BY id'] as const),
		);

	it('bring a post to the hosts and do nothing else: it reads, leaves and comes as every other', async () => {
		const path = await ana.write('At the XW-Shelter, at five', 'neighborhood');
		const post = Number(path.split('/')[2]);
		expect(matters()).to.deep.equal([{ source: 'filter', words: 'xw-shelter', post }]);
		await bed.settle();
		expect((await (await bed.branch('north').join('ben')).get(path)).body).to.include('XW-Shelter');
		expect(JSON.stringify(rows(bed, 'south', 'SELECT content_html, hidden FROM post'))).to.include(
			'XW-Shelter',
		);
		const matter = /href="(\/staff\/reports\/\d+)"/.exec((await june.get('/staff/reports')).body)![1]!;
		for (const language of ['en', 'es']) {
			expect((await june.get(`${matter}?lang=${language}`)).body).to.include('xw-shelter');
		}
		await june.get('/staff/reports?lang=en');
	});

	it('are found as words of their own, in what is changed and in what comes from elsewhere, once, and in no message', async () => {
		const before = matters().length;
		await ana.write('the xw-shelters are full', 'branch');
		await ana.write('xw-shelter, between us @ben', 'direct');
		expect(matters()).to.have.length(before);
		const id = (await ana.write('xw plain', 'branch')).split('/')[2]!;
		for (const text of ['xw-shelter now', 'xw-shelter again']) {
			await ana.get(`/posts/${id}/edit`);
			await ana.post(`/posts/${id}/edit`, { text, language: 'en' });
		}
		expect(matters()).to.have.length(before + 1);
		const carla = bed.branch('south').browser({ sub: 'sub-south-carla' });
		await carla.get('/home');
		await carla.write('xw-shelter from south', 'neighborhood');
		await bed.settle();
		expect(matters()).to.have.length(before + 2);
	});

	it('are said to everybody with the rules, and to whoever a decision is about', async () => {
		for (const language of ['en', 'es']) {
			const { body } = await bed.branch('north').browser().get(`/rules?lang=${language}`);
			expect(body).to.include('xw-shelter').and.include('must not be posted');
		}
		const { post } = matters()[0]!;
		await june.get(`/staff/posts/${post}/decide`);
		const form = { rule: 'conduct/no-private-information', facts: FACTS, do: 'decide' };
		expect((await june.post(`/staff/posts/${post}/decide`, form)).status).to.equal(303);
		await bed.settle();
		const entry = JSON.parse(taken.at(-1)!.entry) as Entry;
		expect(entry).to.deep.include({ source: 'staff', automated_detection: true, automated_decision: 'none' });
		const notice = /href="(\/notices\/\d+)"/.exec((await ana.get('/notices')).body)![1]!;
		expect((await ana.get(notice)).body)
			.to.include('A list of words')
			.and.not.include('No machine was involved');
	});

	it('need a reason, and are looked for no more when a host takes them away', async () => {
		await june.get('/staff/words');
		expect((await june.post('/staff/words', { phrase: 'xw-other', why: '' })).status).to.equal(422);
		const [phrase] = rows<{ id: number }>(bed, 'north', 'SELECT id FROM watch_phrase');
		expect((await june.post('/staff/words/remove', { id: String(phrase!.id) })).status).to.equal(303);
		const before = matters().length;
		await ana.get('/home');
		await ana.write('xw-shelter once more', 'branch');
		expect(matters()).to.have.length(before);
	});
});
