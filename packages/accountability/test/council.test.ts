import { createHash } from 'node:crypto';
import { columnsOf, daysOf, quarterAfter, quarterOfDay } from '@understory/core/quarters.ts';
import { expect } from 'chai';
import { drawBars } from '../src/pages/bars.ts';
import { createBranch, type Submission } from './fixtures/branch.ts';
import { expectWholePage, linksOf, wordsOf } from './fixtures/html.ts';
import { startSite, type TestSite } from './fixtures/site.ts';

const HTML = { accept: 'text/html' };

describe('the page of the council', () => {
	let site: TestSite;
	before(async () => {
		site = await startSite();
		const branch = createBranch(site.library, 'belmont');
		const send = async ({ entry, disclosures }: Submission) =>
			expect((await site.post('/entries', { entry, disclosures })).status).to.equal(202);
		const totals = (month: string, decisions: number, received: number) => ({
			...{ kind: 'period_totals', month, decided_on: '2026-10-01' },
			totals: {
				...{
					decisions,
					by_rule: decisions ? [{ policy: 'conduct', id: 'no-advertising', count: decisions }] : [],
				},
				...{ federation: 0, policies: 0, reports_received: received, reports_closed: 1 },
			},
		});
		await send(branch.next({ decided_on: '2025-11-30', received_to_decided_hours: '>168' }));
		await send(branch.next({ decided_on: '2026-03-31' }));
		await send(branch.next({ decided_on: '2026-09-30' }));
		await send(branch.act(totals('2026-09', 1, 6)));
		await send(branch.next({ decided_on: '2026-10-01' }));
		await send(
			branch.act({
				kind: 'federation',
				action: 'let_in',
				server: 'near.example',
				decided_by: 'host@belmont#1',
			}),
		);
		const policy = {
			id: 'conduct',
			version: 1,
			sha256: `sha256:${'a'.repeat(64)}`,
			effective_on: '2026-01-15',
			replaces: null,
		};
		await send(branch.act({ kind: 'policy', policy }));
		await site.settle();
	});
	after(() => site.close());

	async function words(path: string, language = 'en'): Promise<string> {
		const { status, text } = await site.get(path, { ...HTML, 'accept-language': language });
		expect(status, path).to.equal(200);
		expectWholePage(text, language);
		return wordsOf(text);
	}

	it('counts a quarter, its year so far and the year before, by the day of each decision', async () => {
		const now = await words('/council');
		expect(now).to.contain('Quarter 4, 2026').and.to.contain('2026: 3 decisions in one branch.');
		expect(now)
			.to.contain('No advertising 1 3 1')
			.and.to.contain('No threats 0 0 0')
			.and.to.contain('All 1 3 1');
		expect(now).to.contain('Servers let in 1 1 0').and.to.contain('Decided by a machine 0 0 0');
		expect(now).to.contain('after more than a week 0 0 1');
		expect(await words('/council', 'es'))
			.to.contain('Trimestre 4 de 2026')
			.and.to.contain('2026: 3 decisiones');
	});

	it('keeps the page of every quarter at its address, and has none for one that is to come', async () => {
		const third = await words('/council/2026-Q3');
		expect(third)
			.to.contain('Quarter 3, 2026')
			.and.to.contain('2026: 2 decisions')
			.and.to.contain('No advertising 1 2 1');
		expect(third).to.contain('Reports received 6 6 –');
		const { text } = await site.get('/council/2026-Q3', HTML);
		expect(linksOf(text)).to.include('/council/2026-Q2').and.include('/council/2026-Q4');
		for (const path of ['/council/2027-Q1', '/council/2026-Q5', '/council/2026', '/council/2026-Q0']) {
			expect((await site.get(path, HTML)).status, path).to.equal(404);
		}
	});

	it('draws eight quarters, each with the table that says the same, and in words for whoever cannot see them', async () => {
		const { text } = await site.get('/council', HTML);
		expect(wordsOf(text)).to.contain('Q1 25 Q2 25 Q3 25 Q4 25 Q1 26 Q2 26 Q3 26 Q4 26');
		expect(wordsOf(text)).to.contain('Decisions made 0 0 0 1 1 0 1 1');
		expect(text).to.contain('Decisions made: 0 in Quarter 1, 2025, 1 in Quarter 4, 2026.');
	});

	it('says which rules came into force, with a link to what changed', async () => {
		const { text } = await site.get('/council', HTML);
		expect(linksOf(text)).to.include('/policies/conduct/1#changes');
		expect(await words('/council/2026-Q2')).to.contain('None in this quarter.');
	});

	it('says that the sums of months equal the entries, and when they do not', async () => {
		expect(await words('/council')).to.contain('The sums of one month equal its entries.');
		const other = createBranch(site.library, 'north-portland');
		const { entry, disclosures } = other.act({
			...{ kind: 'period_totals', month: '2026-08' },
			totals: {
				decisions: 4,
				by_rule: [],
				federation: 0,
				policies: 0,
				reports_received: 0,
				reports_closed: 0,
			},
		});
		await site.post('/entries', { entry, disclosures });
		await site.settle();
		expect(await words('/council')).to.contain('do NOT equal');
	});

	it('leads to files whose checksums are right, and which hold every entry that is shown', async () => {
		const sums = (await site.get('/data/SHA256SUMS')).text.trim().split('\n');
		expect(sums.map((line) => line.split('  ')[1])).to.deep.equal([
			'statements.csv',
			'statements.csv-metadata.json',
			'data/entries.jsonl',
			'branches.json',
			'branches.csv',
			'branches.geojson',
		]);
		const { text } = await site.get('/data', HTML);
		for (const line of sums) {
			const [sum, path] = line.split('  ');
			const { body } = await site.get(`/${path}`);
			expect(createHash('sha256').update(body).digest('hex'), path).to.equal(sum);
			expect(text).to.contain(sum);
		}
		const lines = (await site.get('/data/entries.jsonl')).text
			.trim()
			.split('\n')
			.map((line) => JSON.parse(line));
		expect(lines.map(({ log_index }) => log_index)).to.deep.equal([0, 1, 2, 3, 4, 5, 6, 7]);
		expect(new Set(lines.map(({ entry }) => entry.kind))).to.deep.equal(
			new Set(['decision', 'period_totals', 'federation', 'policy']),
		);
	});
});

describe('quarters', () => {
	it('are found, counted on and turned into days, over the ends of years', () => {
		expect(['2026-01-01', '2026-03-31', '2026-04-01', '2026-12-31'].map(quarterOfDay)).to.deep.equal([
			...['2026-Q1', '2026-Q1', '2026-Q2', '2026-Q4'],
		]);
		expect([
			quarterAfter('2026-Q1', -1),
			quarterAfter('2026-Q4', 1),
			quarterAfter('2026-Q2', -7),
		]).to.deep.equal([...['2025-Q4', '2027-Q1', '2024-Q3']]);
		expect(daysOf('2026-Q4')).to.deep.equal({ from: '2026-10-01', until: '2027-01-01' });
		expect(columnsOf('2026-Q2')[2]).to.deep.equal({ from: '2025-01-01', until: '2026-01-01' });
	});

	it('are drawn to one scale, with nothing where nothing is known', () => {
		const { bars, first, last } = drawBars([null, 0, 5, 10], (value) => String(value ?? '–'));
		expect(bars.map(({ path }) => path)).to.deep.equal(['M130 41h40V76h-40z', 'M190 6h40V76h-40z']);
		expect([first.text, last.text, bars.at(-1)!.last]).to.deep.equal(['–', '10', true]);
	});
});
