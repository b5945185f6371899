import { expect } from 'chai';
import { createBranch, type Submission } from './fixtures/branch.ts';
import { expectWholePage, linksOf, wordsOf } from './fixtures/html.ts';
import { startSite, type TestSite } from './fixtures/site.ts';

const HTML = { accept: 'text/html' };
const REASON = 'Its staff answers nobody.';

describe('appeals, answers to servers, official requests and methods on the site', () => {
	let site: TestSite;
	let decided: Submission;
	let appeal: Submission;
	let refused: Submission;
	let voice: Submission;
	let asked: Submission;
	let ordered: Submission;

	before(async () => {
		site = await startSite({ parts: { minimumPopulation: 0 } });
	});
	after(() => site.close());

	async function page(path: string, language = 'en'): Promise<string> {
		const { status, text } = await site.get(path, { ...HTML, 'accept-language': language });
		expect(status, path).to.equal(200);
		expectWholePage(text, language);
		return text;
	}
	const PAGES = ['/appeals', '/federation', '/requests'];

	it('say that there is nothing while there is nothing, and count nothing', async () => {
		for (const [path, none] of [
			['/appeals', 'No appeal has been published.'],
			['/federation', 'No branch has decided anything about another server.'],
			['/requests', 'No request of an official and no order of a court led to a published decision.'],
		] as const) {
			const words = wordsOf(await page(path));
			expect(words, path).to.contain(none).and.not.to.contain('How many');
			const feed = (await site.get(`${path}/feed.json`)).json() as { items: unknown[] };
			expect(feed.items, path).to.have.length(0);
		}
	});

	it('list what belongs there and nothing else, with counts that anybody can count again', async () => {
		const branch = createBranch(site.library, 'belmont');
		decided = branch.next({ decided_on: '2026-10-01' });
		const said = { kind: 'appeal', step: 1, meanwhile: 'lifted', decided_on: '2026-10-02' };
		appeal = branch.act({ ...said, refs: [decided.id] });
		const answer = { kind: 'federation', server: 'far.example', decided_by: 'host@belmont#1' };
		refused = branch.act({ ...answer, action: 'refused' }, { explanation: REASON });
		const about = { about: 'expel', proposal: `sha256:${'a'.repeat(64)}` };
		voice = branch.act({ ...answer, action: 'voice_no', voice: about }, { explanation: REASON });
		asked = branch.next({ source: 'official_request', action: ['none'] });
		ordered = branch.next({ source: 'legal_order', ground: 'law', action: ['content_removed'] });
		for (const { entry, disclosures } of [decided, appeal, refused, voice, asked, ordered])
			expect((await site.post('/entries', { entry, disclosures })).status).to.equal(202);
		await site.settle();

		const rows: readonly (readonly [string, readonly string[], readonly Submission[]])[] = [
			['/appeals', ['Appeals filed 1', 'Appeals decided 0', 'Appeals filed and still open 1'], [appeal]],
			[
				'/federation',
				['Servers refused 1', 'Said no in their neighborhood 1', 'far.example'],
				[refused, voice],
			],
			['/requests', ['Officials 1', 'Courts and laws 1', 'looked at with nothing done 1'], [asked, ordered]],
		];
		const all = [decided, appeal, refused, voice, asked, ordered];
		for (const [path, texts, own] of rows) {
			const html = await page(path);
			for (const text of texts) expect(wordsOf(html), path).to.contain(text);
			const shown = all.filter(({ id }) => linksOf(html).includes(`/statements/${id}`));
			expect(
				shown.map(({ id }) => id),
				path,
			).to.have.members(own.map(({ id }) => id));
			await page(path, 'es');
			for (const link of linksOf(html).filter((one) => one.startsWith('/')))
				expect((await site.get(link, HTML)).status, link).to.equal(200);
		}
	});

	it('have two feeds each, which their head names and which name their page', async () => {
		for (const path of PAGES) {
			const html = await page(path);
			expect(html).to.contain(`type="application/feed+json" title="`);
			expect(html).to.match(new RegExp(`<link rel="alternate"[^>]*href="${path}/feed.json">`));
			expect(html).to.match(new RegExp(`<link rel="alternate"[^>]*href="${path}/feed.atom">`));
			const { headers, text } = await site.get(`${path}/feed.atom`);
			expect(headers['content-type']).to.equal('application/atom+xml; charset=utf-8');
			expect(text).to.contain(`href="http://${site.library.site}${path}/feed.atom"`);
			const feed = (await site.get(`${path}/feed.json`)).json() as {
				feed_url: string;
				home_page_url: string;
				items: { id: string; content_text: string }[];
			};
			expect(feed.feed_url).to.equal(`http://${site.library.site}${path}/feed.json`);
			expect(feed.home_page_url).to.equal(`http://${site.library.site}${path}`);
			const wanted = { '/appeals': [appeal], '/federation': [voice, refused], '/requests': [ordered, asked] }[
				path
			]!;
			expect(feed.items.map(({ id }) => id)).to.deep.equal(wanted.map(({ id }) => `urn:uuid:${id}`));
			if (path === '/federation') expect(feed.items[0]!.content_text).to.contain(REASON);
		}
	});

	it('do not show what is sealed: where few people are, no page of these gives a decision away', async () => {
		await site.restart({ minimumPopulation: 30 });
		const few = createBranch(site.library, 'north-portland');
		const hidden = few.next({ source: 'official_request' });
		const { entry, disclosures } = hidden;
		expect((await site.post('/entries', { entry, disclosures, people: 4 })).status).to.equal(202);
		await site.settle();
		for (const path of ['/requests', '/requests/feed.json', '/requests/feed.atom'])
			expect((await site.get(path, HTML)).text, path).not.to.contain(hidden.id);
		expect(wordsOf(await page('/requests'))).to.contain('Officials 1');
		expect(wordsOf(await page('/methods'))).to.contain('at least 30 people');
		await site.restart({ minimumPopulation: 0 });
	});

	it('tell in plain words how the site counts and what nobody can know, in both languages', async () => {
		const words = wordsOf(await page('/methods'));
		for (const text of [
			...['Medians', 'counts under 5 are not told apart', 'America/Los_Angeles'],
			...['What nobody can know from this site', 'shows every decision by itself'],
		])
			expect(words).to.contain(text);
		expect(wordsOf(await page('/methods', 'es'))).to.contain('Lo que nadie puede saber por este sitio');
	});
});
