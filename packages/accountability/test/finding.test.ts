import { expect } from 'chai';
import { addressOf, type Choice, PARTS, parseChoice } from '../src/data/choice.ts';
import { createFinder } from '../src/data/finder.ts';
import { numberedPages, ON_A_PAGE, pageOf } from '../src/data/paging.ts';
import { createBranch, type Submission } from './fixtures/branch.ts';
import { expectWholePage, linksOf, wordsOf } from './fixtures/html.ts';
import { startSite, type TestSite } from './fixtures/site.ts';

const HTML = { accept: 'text/html' };
const BELMONT = 'belmont.multcolib.localhost:4000';
const NORTH = 'north-portland.multcolib.localhost:4000';

describe('pages of a list', () => {
	const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

	it('hold everything once, whatever their number, and a page that has a number never changes', () => {
		for (const count of [0, 1, 99, 100, 101, 199, 200, 201, 350, 1_000]) {
			const pages = Array.from({ length: numberedPages(count) }, (_, n) => pageOf(numbers(count), n + 1)!);
			const all = [
				...pages.flatMap((page) => page.toReversed()),
				...pageOf(numbers(count), null)!.toReversed(),
			];
			expect(all, `${count}`).to.deep.equal(numbers(count));
			for (const [n, page] of pages.entries())
				expect(page)
					.to.deep.equal(pageOf(numbers(count + 777), n + 1))
					.and.to.have.length(ON_A_PAGE);
			expect(pageOf(numbers(count), null)!.length).to.be.lessThan(2 * ON_A_PAGE);
			for (const none of [0, -1, pages.length + 1]) expect(pageOf(numbers(count), none)).to.equal(null);
		}
	});
});

describe('addresses of choices', () => {
	it('say the same choice in one way, and nothing else is one', () => {
		const whole: Choice = { branch: BELMONT, rule: 'conduct/no-threats', act: 'warning', quarter: '2026-Q4' };
		for (let some = 1; some < 16; some++) {
			const parts = PARTS.filter((_, n) => some & (1 << n));
			const choice = Object.fromEntries(parts.map((part) => [part, whole[part]!])) as Choice;
			for (const page of [null, 3]) {
				const path = addressOf(choice, page).replace('/statements/', '');
				expect(parseChoice(path)).to.deep.equal({ choice, page });
			}
		}
		for (const wrong of [
			...['', 'page/1', 'branch', 'branch/', 'rule/conduct', 'quarter/2026-Q4/branch/a', 'branch/a/page'],
			...['branch/a/page/0', 'branch/a/page/1/2', 'branch/a/branch/b', 'color/red', 'branch/a/page/1e3'],
		])
			expect(parseChoice(wrong), wrong).to.equal(null);
	});
});

describe('the finder', () => {
	const row = (n: number, over = {}) => ({
		...{ id: `id-${n}`, kind: 'decision', log_year: 2026, log_index: n, branch: BELMONT, rule: 'conduct/a' },
		...{ acts: ['warning'], decided_on: '2026-10-14', ...over },
	});

	it('finds by every part and by several at once, and takes nothing up twice', () => {
		const finder = createFinder();
		const rows = [row(1), row(2, { branch: NORTH }), row(3, { acts: ['warning', 'post_locked'] })];
		finder.add([...rows, row(4, { kind: 'reversal', acts: ['none'], decided_on: '2026-09-30' })]);
		finder.add(rows);
		const ids = (choice: Choice) => finder.find(choice).map(({ id }) => id);
		expect(ids({})).to.deep.equal(['id-1', 'id-2', 'id-3', 'id-4']);
		expect(ids({ branch: BELMONT, act: 'warning' })).to.deep.equal(['id-1', 'id-3']);
		expect(ids({ act: 'reversal', quarter: '2026-Q3' })).to.deep.equal(['id-4']);
		expect(ids({ act: 'none' })).to.deep.equal([]);
		expect(Object.fromEntries(finder.counts('act'))).to.deep.equal({
			warning: 3,
			post_locked: 1,
			reversal: 1,
		});
		expect(Object.fromEntries(finder.counts('quarter', { branch: NORTH }))).to.deep.equal({ '2026-Q4': 1 });
	});
});

describe('decisions by branch, rule, act and quarter', () => {
	let site: TestSite;
	const sent: Record<string, Submission> = {};
	before(async () => {
		site = await startSite();
		const belmont = createBranch(site.library, 'belmont');
		const north = createBranch(site.library, 'north-portland');
		const threats = { id: 'no-threats', version: 1, policy: 'conduct', policy_sha256: 'a'.repeat(64) };
		sent.ad = belmont.next({ decided_on: '2026-09-30' });
		sent.threat = belmont.next({ rule: threats, action: ['warning', 'content_removed'] });
		sent.north = north.next();
		for (const { entry, disclosures } of Object.values(sent))
			expect((await site.post('/entries', { entry, disclosures })).status).to.equal(202);
		await site.settle();
	});
	after(() => site.close());

	async function page(path: string, language = 'en'): Promise<string> {
		const { status, text } = await site.get(path, { ...HTML, 'accept-language': language });
		expect(status, path).to.equal(200);
		expectWholePage(text, language);
		return text;
	}
	const shownOn = (html: string) =>
		Object.keys(sent).filter((name) => linksOf(html).includes(`/statements/${sent[name]!.id}`));

	it('stand at addresses of their own, and so do several at once; every link leads somewhere', async () => {
		const lists: readonly (readonly [string, readonly string[]])[] = [
			[`/statements/branch/${BELMONT}`, ['threat', 'ad']],
			['/statements/rule/conduct/no-threats', ['threat']],
			['/statements/act/content_hidden', ['north', 'ad']],
			['/statements/quarter/2026-Q4', ['threat', 'north']],
			[`/statements/branch/${BELMONT}/quarter/2026-Q3`, ['ad']],
			[`/statements/branch/${BELMONT}/rule/conduct/no-threats/act/warning/quarter/2026-Q4`, ['threat']],
		];
		const links = new Set<string>();
		for (const [path, names] of lists) {
			const html = await page(path);
			expect(shownOn(html), path).to.have.members([...names]);
			expect(wordsOf(html)).to.contain(names.length === 1 ? 'One statement' : '2 statements');
			for (const link of linksOf(await page(path, 'es'))) if (link.startsWith('/')) links.add(link);
		}
		for (const link of links) expect((await site.get(link, HTML)).status, link).to.equal(200);
	});

	it('are offered on the page of all with how many there are, and a form without a script leads to the same address', async () => {
		const html = await page('/statements');
		expect(wordsOf(html)).to.contain('Belmont (2)').and.to.contain('A post was hidden (2)');
		expect(linksOf(html)).to.include.members([
			`/statements/branch/${NORTH}`,
			'/statements/quarter/2026-Q3',
			'/statements/rule/conduct/no-advertising',
		]);
		const asked = `/statements?branch=${encodeURIComponent(BELMONT)}&rule=&act=&quarter=2026-Q3`;
		const { status, headers } = await site.get(asked, HTML);
		expect(status).to.equal(303);
		expect(headers.location).to.equal(`/statements/branch/${BELMONT}/quarter/2026-Q3`);
		const all = `?rule=conduct/no-threats&act=warning`;
		const { location } = (await site.get(`/statements${all}`, HTML)).headers;
		expect(shownOn(await page(String(location)))).to.deep.equal(['threat']);
	});

	it('say plainly when nothing fits, and are 404 for what does not exist, however it is written', async () => {
		for (const path of [
			...['/statements/branch/kenton.multcolib.localhost:4000', '/statements/act/account_ended'],
			`/statements/branch/${NORTH}/quarter/2026-Q3`,
		])
			expect(wordsOf(await page(path)), path).to.contain('No published decision fits all of this.');
		for (const path of [
			...['/statements/branch/nowhere.example', '/statements/act/anything', '/statements/quarter/2031-Q1'],
			...['/statements/quarter/2026-Q4/page/1', '/statements/quarter/soon', '/statements/branch/..%2f..%2fx'],
			...['/statements/rule/conduct', '/statements/branch/nowhere.example/feed.json'],
			...['/statements/act/warning/feed.json', `/statements/branch/${BELMONT}/feed.rss`],
		])
			expect((await site.get(path, HTML)).status, path).to.equal(404);
		const { headers } = await site.get('/statements?branch=//evil.example/&quarter[]=x', HTML);
		expect(headers.location).to.equal('/statements/branch/%2F%2Fevil.example%2F');
		expect((await site.get(String(headers.location), HTML)).status).to.equal(404);
	});

	it('have feeds by branch and by rule, which the pages of both name, and a branch that decided nothing has one to wait with', async () => {
		const rule = '/statements/rule/conduct/no-threats';
		for (const [page_, at] of [
			[`/branches/${BELMONT}`, `/statements/branch/${BELMONT}`],
			[`/statements/branch/${BELMONT}`, `/statements/branch/${BELMONT}`],
			[rule, rule],
		] as const) {
			const html = await page(page_);
			for (const form of ['json', 'atom'])
				expect(html, page_).to.match(new RegExp(`<link rel="alternate"[^>]*href="${at}/feed.${form}">`));
		}
		const feed = (await site.get(`${rule}/feed.json`)).json() as {
			feed_url: string;
			items: { id: string }[];
		};
		expect(feed.items.map(({ id }) => id)).to.deep.equal([`urn:uuid:${sent.threat!.id}`]);
		expect(feed.feed_url).to.equal(`http://${site.library.site}${rule}/feed.json`);
		const atom = await site.get(`/statements/branch/${BELMONT}/feed.atom`);
		expect(atom.headers['content-type']).to.equal('application/atom+xml; charset=utf-8');
		expect(atom.text.match(/<entry>/g)).to.have.length(2);
		site.library.open('sellwood');
		await site.settle();
		const waiting = await site.get('/statements/branch/sellwood.multcolib.localhost:4000/feed.json');
		expect((waiting.json() as { items: unknown[] }).items).to.deep.equal([]);
	});

	it('are found again after a start, and a new decision is on every list it belongs to, and in the feeds', async () => {
		await site.restart();
		const lists = [`/statements/branch/${NORTH}`, '/statements/act/warning', '/statements/quarter/2026-Q4'];
		for (const path of lists) await page(path);
		// After a start the branch's chain goes on where it was.
		const late = createBranch(site.library, 'sellwood', site.library.branchKeys.get('sellwood')!).next({
			action: ['warning'],
		});
		const { entry, disclosures } = late;
		expect((await site.post('/entries', { entry, disclosures })).status).to.equal(202);
		await site.settle();
		sent.late = late;
		for (const path of [...lists.slice(1), '/statements/branch/sellwood.multcolib.localhost:4000'])
			expect(shownOn(await page(path)), path).to.include('late');
		expect((await site.get('/statements/rule/conduct/no-advertising/feed.atom')).text).to.contain(late.id);
	});
});
