import { createHash } from 'node:crypto';
import { contactsDocument } from '@understory/core/contact-versions.ts';
import type { PeriodTotals } from '@understory/core/statement.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import { verifyEntry } from '@understory/transparency-log/verify.ts';
import { Ajv } from 'ajv';
import formats from 'ajv-formats';
import { expect } from 'chai';
import { createBranch, type Submission, type TestBranch } from './fixtures/branch.ts';
import { expectWholePage, linksOf, wordsOf } from './fixtures/html.ts';
import { createLibrary } from './fixtures/library.ts';
import { startSite, type TestSite } from './fixtures/site.ts';

const HTML = { accept: 'text/html' };
const SHA = `sha256:${'a'.repeat(64)}`;
/** The digest of the list of the library of these tests, at Belmont. */
const LISTED = digestDocument(
	contactsDocument(
		createLibrary()
			.signed()
			.branches.find(({ slug }) => slug === 'belmont')!,
		createLibrary().signed().contacts,
	),
);
const MEMBER = {
	...{ what: 'changed', of: 'library', role: 'Council member', body: 'City Council' },
	division: 'ocd-division/country:us/state:or/place:portland/council_district:1',
	...{ sha256: SHA, replaces: SHA },
};
const OMBUDS = { ...MEMBER, what: 'ended', role: 'Ombuds', body: null, division: null, sha256: null };
const TOTALS: PeriodTotals = {
	...{ decisions: 1, by_rule: [{ policy: 'conduct', id: 'no-advertising', count: 1 }] },
	...{ federation: 1, policies: 1, reports_received: 7, reports_closed: 2 },
	...{ removed_opened: 3, cases_destroyed: 4 },
};

describe('entries that are no statements', () => {
	let site: TestSite;
	let branch: TestBranch;
	const made: Record<string, Submission> = {};
	before(async () => {
		site = await startSite();
		branch = createBranch(site.library, 'belmont');
		made.policy = branch.act({
			kind: 'policy',
			policy: { id: 'conduct', version: 1, sha256: SHA, effective_on: '2026-01-15', replaces: null },
		});
		made.contacts = branch.act({
			kind: 'contacts',
			contacts: { version: 2, sha256: LISTED, replaces: SHA, changes: [MEMBER, OMBUDS] },
		});
		made.decision = branch.next();
		const answer = {
			kind: 'federation',
			action: 'refused',
			server: 'far.example',
			decided_by: 'host@belmont#1',
		} as const;
		made.federation = branch.act(answer, { explanation: 'It has no way to report.' });
		const limited = {
			...{ kind: 'federation', action: 'limited', server: 'loud.example', decided_by: 'host@belmont#1' },
			...{ people: { asked: 12, answered: 'under_five' }, until: '2026-10-15', review_on: '2027-01-06' },
		} as const;
		made.limited = branch.act(limited, { explanation: 'A flood of messages.' });
		const voice = {
			...{ kind: 'federation', server: 'near.example', decided_by: 'host@belmont#1' },
			...{ people: { asked: 'under_five', answered: 7 }, voice: { about: 'admit', proposal: SHA } },
		};
		made.voice = branch.act({ ...voice, action: 'voice_yes' }, { explanation: 'Ten of us know it.' });
		made.period_totals = branch.act({ kind: 'period_totals', month: '2026-09', totals: TOTALS });
		for (const { entry, disclosures } of Object.values(made)) {
			const sent = await site.post('/entries', { entry, disclosures });
			expect(sent.status, sent.text).to.equal(202);
		}
		await site.settle();
	});
	after(() => site.close());

	async function page(path: string, language = 'en'): Promise<string> {
		const answer = await site.get(path, { ...HTML, 'accept-language': language });
		expect(answer.status, path).to.equal(200);
		expectWholePage(answer.text, language);
		return answer.text;
	}

	it('have a page, their bytes and a receipt, like every entry', async () => {
		const vkey = /<code>([^<]*log\/2026\+[^<]+)</.exec((await site.get('/verify', HTML)).text)![1]!;
		for (const [kind, says] of [
			['policy', 'Rules came into force: conduct, version 1'],
			['contacts', 'The contacts changed: version 2'],
			['federation', 'The server far.example was refused'],
			['voice', 'The branch said yes to letting near.example into its neighborhood'],
			['period_totals', 'Sums of September 2026'],
		] as const) {
			const { id, entry } = made[kind]!;
			expect(wordsOf(await page(`/statements/${id}`))).to.contain(says);
			await page(`/statements/${id}`, 'es');
			expect((await site.get(`/statements/${id}.json`)).text).to.equal(entry);
			const proof = (await site.get(`/statements/${id}.tlog-proof`)).text;
			const key = vkey.replaceAll('&#x3D;', '=').replaceAll('&#x2B;', '+');
			expect(verifyEntry({ entry, proof, vkey: key })).to.include({ ok: true });
		}
		expect(wordsOf(await page(`/statements/${made.federation!.id}`))).to.contain('It has no way to report.');
		const limited = wordsOf(await page(`/statements/${made.limited!.id}`));
		expect(limited)
			.to.contain('The server loud.example was limited')
			.and.to.contain('who were asked or told 12')
			.and.to.contain('Who answered under five')
			.and.to.contain('Looked at again on');
		await page(`/statements/${made.limited!.id}`, 'es');
		expect(wordsOf(await page(`/statements/${made.period_totals!.id}`))).to.contain('Reports received 7');
	});

	it('stand on the page of their branch, and not among decisions, feeds and figures', async () => {
		const html = await page('/branches/belmont.multcolib.localhost:4000');
		for (const kind of ['policy', 'contacts', 'federation', 'period_totals']) {
			expect(linksOf(html)).to.include(`/statements/${made[kind]!.id}`);
		}
		for (const path of ['/statements', '/statements.csv', '/feed.json', '/council']) {
			const { text } = await site.get(path, HTML);
			expect(text, path).not.to.contain(made.federation!.id).and.not.to.contain('far.example');
		}
		expect(wordsOf(await page('/council'))).to.contain('One decision in one branch.');
	});

	it('of contacts are the history of a page that holds the list against the log, and its file has the digest', async () => {
		const at = '/branches/belmont.multcolib.localhost:4000/contacts';
		for (const [language, words] of [
			['en', 'Changed: Council member, City Council, council district 1'],
			['es', 'Ya no: Ombuds'],
		] as const) {
			expect(wordsOf(await page(at, language)))
				.to.contain(words)
				.and.to.contain(LISTED);
		}
		const html = await page(at);
		expect(wordsOf(html)).to.contain('This is the list that the newest entry names');
		expect(linksOf(html)).to.include.members([`/statements/${made.contacts!.id}`, `${at}.json`]);
		const { text } = await site.get(`${at}.json`);
		expect(`sha256:${createHash('sha256').update(text).digest('hex')}`).to.equal(LISTED);
		const north = wordsOf(await page('/branches/north-portland.multcolib.localhost:4000/contacts'));
		expect(north).to.contain('The log does not name this list').and.to.contain('No change stands in the log');
		for (const path of ['contacts', 'contacts.json'])
			expect((await site.get(`/branches/nowhere.example/${path}`, HTML)).status).to.equal(404);
	});

	it('are what the published schema says, and nothing else is', async () => {
		const { text, headers } = await site.get('/schemas/entry-v1.json');
		expect(headers['content-type']).to.equal('application/schema+json; charset=utf-8');
		const ajv = new Ajv({ strict: true });
		formats.default(ajv, ['date']);
		const isLeaf = ajv.compile(JSON.parse(text) as object);
		for (const { entry } of Object.values(made)) expect(isLeaf(JSON.parse(entry)), entry).to.equal(true);
		const entry = JSON.parse(made.federation!.entry) as object;
		for (const other of [
			{ ...entry, handle: 'ana' },
			{ ...entry, kind: 'policy' },
			{ ...entry, server: 'a b' },
			...[
				{ ...MEMBER, role: '@ana' },
				{ ...MEMBER, name: 'Ana Ruiz' },
				{ ...MEMBER, division: 'ocd-division/country:us/ana@city' },
			].map((change) => ({
				...(JSON.parse(made.contacts!.entry) as object),
				contacts: { version: 2, sha256: LISTED, replaces: SHA, changes: [change] },
			})),
			{ ...entry, action: 'voice_no' },
			{ ...entry, voice: { about: 'expel', proposal: SHA } },
			{ ...entry, action: 'voice_no', voice: { about: 'expel', proposal: SHA, name: 'ana' } },
			{ ...entry, people: { asked: 3, answered: 'under_five' } },
			{ ...entry, people: { asked: 12, answered: 7, names: ['ana'] } },
		]) {
			expect(isLeaf(other)).to.equal(false);
			const { status } = await site.post('/entries', { entry: JSON.stringify(other), disclosures: [] });
			expect(status).to.equal(422);
		}
	});

	it('that sum up a month in which something was sealed are sealed, too', async () => {
		const small = await startSite({ parts: { minimumPopulation: 50 } });
		try {
			const own = createBranch(small.library, 'belmont');
			const send = async ({ entry, disclosures }: Submission, people: number) =>
				expect((await small.post('/entries', { entry, disclosures, people })).status).to.equal(202);
			await send(own.next({ decided_on: '2026-09-20' }), 3);
			const september = own.act({ kind: 'period_totals', month: '2026-09', totals: TOTALS });
			const august = own.act({ kind: 'period_totals', month: '2026-08', totals: TOTALS });
			await send(september, 500);
			await send(august, 500);
			await small.settle();
			expect((await small.get(`/statements/${september.id}.json`)).status).to.equal(404);
			expect((await small.get(`/statements/${august.id}.json`)).status).to.equal(200);
		} finally {
			await small.close();
		}
	});
});
