import { expect } from 'chai';
import { createBranch, type Submission, type TestBranch } from './fixtures/branch.ts';
import { expectWholePage, linksOf, wordsOf } from './fixtures/html.ts';
import { startSite, type TestSite } from './fixtures/site.ts';

const HTML = { accept: 'text/html' };
const OFFICE = { role: 'Council member', body: 'City Council', division: null };
const OPEN = {
	kind: 'official_request',
	request: 'case_question',
	office: OFFICE,
	outcome: 'open',
	days: null,
};
const MINIMUM = 20;

describe('questions of offices on the site', () => {
	let site: TestSite;
	let branch: TestBranch;
	before(async () => {
		site = await startSite({ parts: { minimumPopulation: MINIMUM } });
		branch = createBranch(site.library, 'belmont');
	});
	after(() => site.close());

	const send = async ({ entry, disclosures }: Submission, people = MINIMUM): Promise<number> => {
		const { status } = await site.post('/entries', { entry, disclosures, people });
		await site.settle();
		return status;
	};
	const end = (id: string, over: object = {}) => ({
		...OPEN,
		outcome: 'answered',
		days: 6,
		refs: [id],
		...over,
	});
	const page = async (path: string, language = 'en') => {
		const { status, text } = await site.get(path, { ...HTML, 'accept-language': language });
		expect(status, path).to.equal(200);
		expectWholePage(text, language);
		return text;
	};

	it('are refused when they name a case or a person, or do not fit what came of them', async () => {
		const decided = branch.next();
		expect(await send(decided)).to.equal(202);
		const asked = branch.act(OPEN);
		expect(await send(asked)).to.equal(202);
		const head = (JSON.parse(branch.stray().entry) as { prev: string }).prev;
		for (const [what, over] of [
			['a question that names a case', { ...OPEN, refs: [decided.id] }],
			['a question that names another', { ...OPEN, refs: [asked.id] }],
			['a question that took days already', { ...OPEN, days: 1 }],
			['an end that names nothing', end(asked.id, { refs: [] })],
			['an end that names a case', end(decided.id)],
			['an end that names a case too', end(asked.id, { refs: [asked.id, decided.id] })],
			['an end without its days', end(asked.id, { days: null })],
			['an office with an address', { ...OPEN, office: { ...OFFICE, role: 'ines@council.example' } }],
			['a name beside the office', { ...OPEN, office: { ...OFFICE, name: 'Ines Prado' } }],
			['words of the question', { ...OPEN, words: 'Why?' }],
			['what nobody knows', { ...OPEN, request: 'removal_of_everything' }],
		] as const) {
			const stray = createBranch(site.library, 'belmont').act({ prev: head, ...over });
			expect(await send(stray), what).to.be.oneOf([400, 422]);
		}
	});

	it('stand on a page each and on that of official requests, once, with what came of them and after how long', async () => {
		const asked = branch.act({ ...OPEN, decided_on: '2026-10-02' });
		expect(await send(asked)).to.equal(202);
		const before = wordsOf(await page('/requests'));
		expect(before).to.include('still open 2').and.include('answered 0');
		const answered = branch.act(end(asked.id));
		expect(await send(answered)).to.equal(202);
		const html = await page('/requests');
		expect(wordsOf(html))
			.to.include('A question of an office was answered: Council member, City Council')
			.and.include('after 6 days')
			.and.include('Of these, answered 1')
			.and.include('still open 1');
		expect(linksOf(html)).to.include(`/statements/${asked.id}`).and.not.include(`/statements/${answered.id}`);
		await page('/requests', 'es');
		const own = await page(`/statements/${answered.id}`);
		expect(wordsOf(own)).to.include('Days from the question to its end 6');
		expect(linksOf(own)).to.include(`/statements/${asked.id}`);
		await page(`/statements/${asked.id}`, 'es');
		expect((await site.get(`/statements/${asked.id}.json`)).text).to.equal(asked.entry);
		expect((await site.get(`/statements/${asked.id}.tlog-proof`)).status).to.equal(200);
	});

	it('are sealed at a small branch, and so is what comes of them', async () => {
		const small = createBranch(site.library, 'north-portland');
		const asked = small.act(OPEN);
		expect(await send(asked, 4)).to.equal(202);
		const answered = small.act(end(asked.id));
		expect(await send(answered, MINIMUM), 'when more people came meanwhile').to.equal(202);
		const text = (await site.get('/requests', HTML)).text;
		for (const { id } of [asked, answered]) {
			expect(text).not.to.include(id);
			expect((await site.get(`/statements/${id}.json`)).status).to.equal(404);
		}
	});
});
