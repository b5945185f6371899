import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import { expect } from 'chai';
import { createBranch, EXPLANATION, FACTS, type Submission, type TestBranch } from './fixtures/branch.ts';
import { expectWholePage, linksOf, wordsOf } from './fixtures/html.ts';
import { startSite, type TestSite } from './fixtures/site.ts';

const HTML = { accept: 'text/html' };
const HOST = 'belmont.multcolib.localhost:4000';

describe('the pages', () => {
	let site: TestSite;
	let belmont: TestBranch;
	let hidden: Submission;
	let reversal: Submission;
	before(async () => {
		site = await startSite();
		belmont = createBranch(site.library, 'belmont');
		hidden = belmont.next();
		reversal = belmont.next(
			{ kind: 'reversal', action: ['none'], refs: [hidden.id] },
			{ facts: null, explanation: null },
		);
		for (const { entry, disclosures } of [hidden, reversal]) {
			expect((await site.post('/entries', { entry, disclosures })).status).to.equal(202);
		}
		await site.settle();
	});
	after(() => site.close());

	async function page(path: string, language = 'en'): Promise<string> {
		const answer = await site.get(path, { ...HTML, 'accept-language': language });
		expect(answer.status, path).to.equal(200);
		expect(answer.headers['content-type']).to.equal('text/html; charset=utf-8');
		expectWholePage(answer.text, language);
		return answer.text;
	}

	const paths = (): string[] => [
		'/',
		`/branches/${HOST}`,
		'/branches/kenton.multcolib.localhost:4000',
		'/statements',
		`/statements/${hidden.id}`,
		`/statements/${reversal.id}`,
		'/council',
		'/council/2026-Q3',
		'/data',
		'/verify',
		'/verify/check',
		'/policies/conduct/1',
	];

	it('are whole in both languages, say that the town is a sample, and lead nowhere that is not there', async () => {
		const seen = new Set<string>();
		for (const path of paths()) {
			expect(await page(path, 'en')).to.contain('This is a sample');
			const spanish = await page(path, 'es');
			expect(spanish).to.contain('Esto es una muestra');
			for (const link of linksOf(spanish)) if (link.startsWith('/')) seen.add(link);
		}
		for (const link of seen) expect((await site.get(link, HTML)).status, link).to.equal(200);
		expect(seen.size).to.be.greaterThan(12);
	});

	it('change language by a link, and remember it', async () => {
		const answer = await site.get('/council?lang=es', HTML);
		expectWholePage(answer.text, 'es');
		const cookie = String(answer.headers['set-cookie']).split(';')[0]!;
		expectWholePage((await site.get('/', { ...HTML, cookie })).text, 'es');
	});

	it('list every branch of the library with its stage on the first page', async () => {
		const words = wordsOf(await page('/'));
		expect(words).to.contain('3 branches.').and.to.contain('2 are open for posts now.');
		for (const text of [
			'Belmont',
			'North Portland',
			'Kenton',
			'Listed',
			'503-988-5394',
			'512 N Killingsworth St, Portland, OR 97217',
		]) {
			expect(words).to.contain(text);
		}
		expect(words).to.contain('A post was hidden').and.to.contain('Office of the Director');
	});

	it('show a branch with its rules and versions, contacts, door, neighborhood and decisions', async () => {
		const html = await page(`/branches/${HOST}`);
		const words = wordsOf(html);
		for (const text of [
			'No advertising',
			'Rule no-advertising, version 1',
			'conduct, version 1',
			'Library Board',
			'June Okafor',
			'the desk by the window',
			'Wednesday, 10:00 am to 6:00 pm',
			'Somebody is there now.',
			'Calvin Reyes',
			'Front desk',
			'503-988-5382',
			'IMLS Public Libraries Survey FY2019, not checked by the library yet',
			'checked on Monday, September 28',
			'The director',
			'2 branches that trust each other.',
			'A post was hidden',
		]) {
			expect(words).to.contain(text);
		}
		expect(linksOf(html)).to.include(
			'http://accountability.multcolib.localhost:4000/neighborhoods/n-multcolib/roster',
		);
		const listed = wordsOf(await page('/branches/kenton.multcolib.localhost:4000'));
		expect(listed)
			.to.contain('No server runs for this branch.')
			.and.to.contain('Nobody has been named as host here.');
	});

	it('show who else answers for the library, in which languages, and what is wrong with a contact', async () => {
		const council = {
			role: 'Council member',
			address: null,
			branch: null,
			source: 'Legistar',
			checked_by: 'Library IT',
		};
		site.library.change((register) => {
			register.contacts.push(
				{
					...council,
					name: 'Ana Ruiz',
					phone: '5035550101',
					body: 'City Council',
					division: 'ocd-division/country:us/state:or/place:portland/council_district:1',
					email: 'ana@city.example',
					languages: ['en', 'es'],
					checked_on: '2026-09-28',
					term_end: '2027-12-31',
					sample: true,
				},
				{
					...council,
					name: 'Bo Park',
					phone: '5035550102',
					checked_on: '2026-09-28',
					term_end: '2026-09-30',
				},
				{
					...council,
					name: 'Cy Wolf',
					phone: '5035550103',
					checked_on: '2026-09-28',
					broken_on: '2026-10-01',
				},
				{ ...council, name: 'Di Moss', phone: '5035550104', checked_on: '2026-03-01' },
			);
		});
		await site.settle();
		for (const path of ['/', '/council']) {
			const words = wordsOf(await page(path));
			for (const text of [
				'Ana Ruiz',
				'City Council, council district 1',
				'ana@city.example',
				'made up for this sample',
				'The term ended on Wednesday, September 30; library IT is to find who came after.',
				'Does not work since Thursday, October 1; library IT knows.',
				'Nobody has checked this since Sunday, March 1.',
			])
				expect(words, path).to.contain(text);
		}
		expect(wordsOf(await page('/'))).to.contain('Answers in English and Spanish.');
		expect(wordsOf(await page('/', 'es'))).to.contain('Atiende en inglés y español.');
	});

	it('tell a decision in plain words, with its rule, its reason and its place in the log', async () => {
		const words = wordsOf(await page(`/statements/${hidden.id}`));
		for (const text of [
			'A post was hidden at Belmont',
			'Under the rule No advertising, version 1.',
			FACTS,
			EXPLANATION,
			'For: Belmont only',
			'October 2026',
			'within 4 hours',
			'a patron told a host',
			'No machine was involved. A person decided.',
			'A host of Belmont, number 1 in this year',
			'open to the author until Wednesday, October 28',
			'Wednesday, October 14',
			'Entry 1 in the log accountability.multcolib.localhost:4000/log/2026',
			'What became of it',
			'A decision was reversed',
			hidden.id,
		]) {
			expect(words).to.contain(text);
		}
		const spanish = wordsOf(await page(`/statements/${hidden.id}`, 'es'));
		expect(spanish).to.contain('Se ocultó un mensaje en Belmont').and.to.contain('Sin publicidad');
		const after = wordsOf(await page(`/statements/${reversal.id}`));
		expect(after).to.contain('It is about').and.to.contain('The host added no text.');
	});

	it('say when the rules an entry names were never published here, rather than show others in silence', async () => {
		const words = wordsOf(await page(`/statements/${hidden.id}`));
		expect(words).to.contain('names a text of the rules that was never published here');
		const { policies } = site.library.signed();
		const sha = digestDocument(policies[0]!).slice(7);
		const pinned = belmont.next({
			rule: { id: 'no-advertising', version: 1, policy: 'conduct', policy_sha256: sha },
		});
		await site.post('/entries', { entry: pinned.entry, disclosures: pinned.disclosures });
		await site.settle();
		const html = await page(`/statements/${pinned.id}`);
		expect(wordsOf(html)).to.contain('This is the very text');
		expect(linksOf(html)).to.include('/policies/conduct/1');
		expect(wordsOf(await page('/policies/conduct/1'))).to.contain(`sha256:${sha}`);
	});

	it('count for the council from the log alone, and say how few there are', async () => {
		const words = wordsOf(await page('/council'));
		expect(words).to.match(/(One decision|2 decisions) in one branch\./);
		expect(words).to.match(/We draw no shares and compare no branches from so few\./);
		expect(words).to.contain('No threats 0').and.to.contain('Reversed 1');
		expect(words).to.contain('Decided by a machine 0 0 0').and.not.to.contain('%');
	});

	it('withdraw the texts of a statement when a redaction comes, and keep the statement and its proof', async () => {
		const before = await site.get(`/statements/${hidden.id}.json`);
		const redaction = belmont.next(
			{ kind: 'redaction', action: ['none'], refs: [hidden.id] },
			{ facts: 'The facts named a person.', explanation: null },
		);
		expect(
			(await site.post('/entries', { entry: redaction.entry, disclosures: redaction.disclosures })).status,
		).to.equal(202);
		await site.settle();
		const words = wordsOf(await page(`/statements/${hidden.id}`));
		expect(words)
			.to.contain('The text was withdrawn')
			.and.not.to.contain(FACTS)
			.and.not.to.contain(EXPLANATION);
		const feed = (await site.get('/feed.json')).json() as { items: { id: string; content_text: string }[] };
		const item = feed.items.find(({ id }) => id === `urn:uuid:${hidden.id}`);
		expect(item?.content_text).to.contain('No advertising').and.not.to.contain(FACTS);
		expect((await site.get('/feed.atom')).text.split(FACTS)).to.have.length(
			2,
			'only the other statement has it',
		);
		expect((await site.get(`/statements/${hidden.id}.json`)).text).to.equal(before.text);
		expect((await site.get(`/statements/${hidden.id}.tlog-proof`)).status).to.equal(200);
	});

	it('do not let one branch withdraw the text of another', async () => {
		const victim = belmont.next();
		await site.post('/entries', { entry: victim.entry, disclosures: victim.disclosures });
		const other = createBranch(site.library, 'north-portland').next({
			kind: 'redaction',
			action: ['none'],
			refs: [victim.id],
		});
		expect((await site.post('/entries', { entry: other.entry, disclosures: [] })).status).to.equal(202);
		await site.settle();
		expect(wordsOf(await page(`/statements/${victim.id}`))).to.contain(FACTS);
	});

	it('are a clear 404 where there is nothing, and 421 where no library lives, for people and for programs', async () => {
		const missing = [
			'/nothing',
			'/branches/nowhere.example',
			'/branches/',
			'/statements/1',
			'/statements/00000000-0000-4000-8000-000000000000',
			'/statements/00000000-0000-4000-8000-000000000000.tlog-proof',
			"/statements/'; drop table entries",
			'/neighborhoods/none/roster',
			'/log/2026',
		];
		for (const path of missing) {
			const forPeople = await site.get(encodeURI(path), HTML);
			expect(forPeople.status, path).to.equal(404);
			expectWholePage(forPeople.text, 'en');
			const forPrograms = await site.get(encodeURI(path), { accept: 'application/json' });
			expect(forPrograms.status, path).to.equal(404);
			expect((forPrograms.json() as { status: number; title: string }).title).to.match(/^[A-Z].+\.$/);
		}
		const elsewhere = await site.get('/', { ...HTML, host: 'accountability.nowhere.localhost:4000' });
		expect(elsewhere.status).to.equal(421);
		expectWholePage(elsewhere.text, 'en');
		expect((await site.get('/', { host: '' })).status).to.be.oneOf([400, 421]);
	});

	it('allow no script, no frame and nothing from elsewhere', async () => {
		const policy = String((await site.get('/', HTML)).headers['content-security-policy']);
		expect(policy)
			.to.contain("default-src 'none'")
			.and.to.contain("frame-ancestors 'none'")
			.and.not.to.contain('script-src');
		const style = /href="(\/design\/[^"]+understory\.css)"/.exec(await page('/'))?.[1];
		expect((await site.get(style!)).status).to.equal(200);
	});
});
