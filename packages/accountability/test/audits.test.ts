import { createHash } from 'node:crypto';
import { decodeBundle } from '@understory/transparency-log/tiles.ts';
import { leafHash, leavesReader, rootOf } from '@understory/transparency-log/tree.ts';
import { expect } from 'chai';
import { createBranch, type TestBranch } from './fixtures/branch.ts';
import { expectWholePage, wordsOf } from './fixtures/html.ts';
import { DAY } from './fixtures/library.ts';
import { startSite, type TestSite } from './fixtures/site.ts';

const HTML = { accept: 'text/html' };
const REASON = 'The rule asks whether anybody wanted the offer, and the file shows that nobody did.';

interface Audits {
	readonly draws: readonly {
		quarter: string;
		size: number;
		root: string;
		candidates: number;
		drawn: { id: string; agrees: boolean | null }[];
	}[];
}

describe('decisions that are drawn and read again', () => {
	let site: TestSite;
	let branch: TestBranch;
	const decided: string[] = [];
	let drawn: string[];
	before(async () => {
		site = await startSite();
		branch = createBranch(site.library, 'belmont');
		for (let day = 10; day < 22; day += 1)
			decided.push(await send(branch.next({ decided_on: `2026-09-${day}` })));
		await send(branch.next({ decided_on: '2026-10-02' }));
	});
	after(() => site.close());

	async function send({ id, ...submission }: ReturnType<TestBranch['next']>): Promise<string> {
		const { status, text } = await site.post('/entries', submission);
		expect(status, text).to.equal(202);
		await site.settle();
		return id;
	}
	const audits = async () => (await site.get('/audits.json')).json() as Audits;
	async function words(path: string, language = 'en'): Promise<string> {
		const { status, text } = await site.get(path, { ...HTML, 'accept-language': language });
		expect(status, path).to.equal(200);
		expectWholePage(text, language);
		return wordsOf(text);
	}
	const verdict = (about: string, agrees: boolean, decided_on: string) =>
		send(
			branch.act(
				{ kind: 'audit', agrees, decided_by: 'auditor@belmont#1', refs: [about], decided_on },
				{ explanation: REASON },
			),
		);

	it('the day is announced, and nobody can draw before it', async () => {
		expect((await audits()).draws.map(({ quarter }) => quarter)).not.to.include('2026-Q3');
		expect(await words('/audits')).to.contain('Quarter 3, 2026 are drawn on Thursday, October 15');
		site.clock.advance(2 * DAY);
		await site.settle();
		// Nothing in the log is dated so late yet.
		expect((await audits()).draws.map(({ quarter }) => quarter)).not.to.include('2026-Q3');
	});

	it('the first entry of that day closes the draw, which follows from the root of the log and nothing else', async () => {
		await send(branch.next({ decided_on: '2026-10-16' }));
		const [draw] = (await audits()).draws;
		expect(draw).to.include({ quarter: '2026-Q3', size: 14, candidates: 12 });
		const leaves = decodeBundle((await site.get('/log/2026/tile/entries/000.p/14')).body);
		const root = (await rootOf(14, leavesReader(leaves.map(leafHash)))).toString('base64');
		expect(draw!.root).to.equal(root);
		const place = (id: string) =>
			createHash('sha256').update(`understory/audit/v1\n2026-Q3\n${root}\n${id}\n`).digest('hex');
		drawn = decided.toSorted((a, b) => (place(a) < place(b) ? -1 : 1)).slice(0, 5);
		expect(draw!.drawn.map(({ id }) => id)).to.deep.equal(drawn);
	});

	it('it stays as it is, whatever comes later', async () => {
		const before = (await audits()).draws;
		await send(branch.next({ decided_on: '2026-09-30' }));
		await site.restart();
		await site.settle();
		expect((await audits()).draws).to.deep.equal(before);
	});

	it('what the auditor found stands beside each, on the page of the decision and in the council’s figures; of what was not drawn it does not count', async () => {
		const [agreed, otherwise] = drawn;
		const aside = decided.find((id) => !drawn.includes(id))!;
		const found = await verdict(agreed!, true, '2026-10-17');
		await verdict(otherwise!, false, '2026-10-17');
		await verdict(aside, false, '2026-10-17');
		// Nobody takes back what they found.
		await verdict(agreed!, false, '2026-10-18');
		const [draw] = (await audits()).draws;
		const said = new Map(draw!.drawn.map(({ id, agrees }) => [id, agrees]));
		expect([said.get(agreed!), said.get(otherwise!), said.get(drawn[2]!)]).to.deep.equal([true, false, null]);
		expect(await words('/audits')).to.contain('Read so far: 2. The auditor agreed with 1.');
		expect(await words(`/statements/${agreed}`)).to.contain('An auditor read a decision again and agrees');
		expect(await words(`/statements/${found}`)).to.contain(REASON);
		const council = await words('/council/2026-Q4');
		expect(council).to.contain('Drawn and read again by an auditor 2 2 0');
		expect(council).to.contain('Of these, the auditor disagreed 1 1 0');
		// Those that nobody has read lead the auditor to their branch.
		const { text } = await site.get('/audits', HTML);
		const unread = `http://belmont.multcolib.localhost:4000/staff/decisions/${drawn[2]}/audit`;
		expect(text).to.contain(`href="${unread}"`).and.not.to.contain(`${agreed}/audit`);
		expect(await words('/audits', 'es')).to.contain('El auditor está de acuerdo');
	});

	it('an answer that names no decision is refused', async () => {
		const { id: _, ...submission } = branch.act({
			...{ kind: 'audit', agrees: true, decided_by: 'auditor@belmont#1' },
		});
		expect((await site.post('/entries', submission)).status).to.equal(422);
	});
});
