import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { expect } from 'chai';
import { createBranch, type Submission, type TestBranch } from './fixtures/branch.ts';
import { expectWholePage, wordsOf } from './fixtures/html.ts';
import { startSite, type TestSite } from './fixtures/site.ts';

const HTML = { accept: 'text/html' };
const REASON = 'Somebody had asked for it, so the rule does not fit.';

describe('appeals on the site', () => {
	let site: TestSite;
	let branch: TestBranch;
	let won: Submission;
	let lost: Submission;
	let waiting: Submission;
	const sent: Submission[] = [];

	before(async () => {
		site = await startSite();
		branch = createBranch(site.library, 'belmont');
		won = decided('2026-10-01');
		lost = decided('2026-10-02');
		waiting = decided('2026-10-03');
		answered(appealed(won, '2026-10-02'), won, 'overturned', '2026-10-04');
		answered(appealed(lost, '2026-10-03'), lost, 'upheld', '2026-10-13');
		appealed(waiting, '2026-10-05');
		for (const { entry, disclosures } of sent) {
			const answer = await site.post('/entries', { entry, disclosures });
			expect(answer.status, answer.text).to.equal(202);
		}
		await site.settle();
	});
	after(() => site.close());

	function keep(submission: Submission): Submission {
		sent.push(submission);
		return submission;
	}
	function decided(decided_on: string): Submission {
		return keep(branch.next({ decided_on }));
	}
	function appealed({ id }: Submission, decided_on: string): Submission {
		const said = { kind: 'appeal', step: 1, meanwhile: 'lifted', refs: [id], decided_on };
		return keep(branch.act(said));
	}
	function answered(appeal: Submission, about: Submission, outcome: string, decided_on: string): void {
		const refs = [appeal.id, about.id];
		const decided_by = 'appeal_partner@belmont#2';
		const said = { kind: 'appeal_outcome', step: 1, outcome, decided_by, refs, decided_on };
		keep(branch.act(said, { explanation: REASON }));
	}
	async function words(path: string, language = 'en'): Promise<string> {
		const { status, text } = await site.get(path, { ...HTML, 'accept-language': language });
		expect(status, path).to.equal(200);
		expectWholePage(text, language);
		return wordsOf(text);
	}

	it('stand on the page of the decision they are about, and have pages of their own', async () => {
		const page = await words(`/statements/${won.id}`);
		expect(page).to.contain('Somebody appealed against a decision');
		expect(page).to.contain('An appeal was won: the decision does not stand');
		for (const { id, entry } of sent.filter((one) => JSON.parse(one.entry).kind.startsWith('appeal'))) {
			for (const language of ['en', 'es']) await words(`/statements/${id}`, language);
			const { text } = await site.get(`/statements/${id}`, HTML);
			expect(text).to.contain(`/statements/${JSON.parse(entry).refs[0]}`);
		}
		const outcome = await words(`/statements/${sent[4]!.id}`);
		expect(outcome).to.contain(REASON).and.contain('Somebody outside the branch');
	});

	it('are counted on the page of the council: filed, decided, won, how long they took, and still open', async () => {
		const page = await words('/council/2026-Q4');
		for (const row of [
			...['Appeals filed 3 3 0', 'Appeals decided 2 2 0', '… for the person who appealed 1 1 0'],
			...['Median days to an answer 6 6 –', 'Appeals filed and still open 1 1 0'],
		]) {
			expect(page).to.contain(row);
		}
		expect(await words('/council/2026-Q4', 'es')).to.contain('Apelaciones presentadas 3 3 0');
	});

	it('are in the feeds and in the file of all entries', async () => {
		const feed = JSON.parse((await site.get('/feed.json')).text);
		const item = feed.items.find(({ id }: { id: string }) => id === `urn:uuid:${sent[4]!.id}`);
		expect(item).to.deep.include({ tags: ['appeal_outcome'] });
		expect(item.content_text).to.contain(REASON);
		expect((await site.get('/feed.atom')).text).to.contain('<category term="appeal"/>');
		const lines = (await site.get('/data/entries.jsonl')).text;
		for (const { id } of sent) expect(lines).to.contain(id);
	});

	it('are what the published schema says, and name what they are about', async () => {
		const ajv = new Ajv({ strict: false });
		formats.default(ajv, ['date']);
		const fits = ajv.compile(JSON.parse((await site.get('/schemas/entry-v1.json')).text));
		for (const { entry } of sent) expect(fits(JSON.parse(entry)), entry).to.equal(true);
		const wrong = [
			{ kind: 'appeal', step: 1, meanwhile: 'lifted', refs: [] },
			{ kind: 'appeal', step: 1, meanwhile: 'whatever somebody writes', refs: [won.id] },
			{ kind: 'appeal', step: 1, meanwhile: 'lifted', words: 'I was right', refs: [won.id] },
			{ kind: 'appeal_outcome', step: 1, outcome: 'maybe', decided_by: 'host@belmont#1', refs: [won.id] },
			{ kind: 'statement' },
			{ kind: 'toString' },
		];
		for (const said of wrong) {
			const { entry, disclosures } = branch.act(said);
			expect((await site.post('/entries', { entry, disclosures })).status, entry).to.equal(422);
		}
	});
});
