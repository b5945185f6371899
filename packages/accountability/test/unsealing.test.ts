import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Entry, SignedEntry } from '@understory/core/statement.ts';
import { conceal, makeDisclosure, openLeaf, parseDisclosure } from '@understory/transparency-log/sd.ts';
import { expect } from 'chai';
import pg from 'pg';
import { createBranch, type Submission, type TestBranch } from './fixtures/branch.ts';
import { expectWholePage, wordsOf } from './fixtures/html.ts';
import { startSite, type TestSite } from './fixtures/site.ts';

const HTML = { accept: 'text/html' };
const MINIMUM = 50;
const WORDS = 'xu-words of the post';
const CHECK = fileURLToPath(new URL('../../transparency-log/standalone/check-proof.mjs', import.meta.url));

/** A decision with a text that is held back, and what opens it. */
interface Decided {
	readonly made: Submission;
	readonly facts: string;
	readonly text: string;
}

describe('what the person affected makes public', () => {
	let site: TestSite;
	let large: TestBranch;
	let small: TestBranch;
	before(async () => {
		site = await startSite({ parts: { minimumPopulation: MINIMUM } });
		large = createBranch(site.library, 'belmont');
		small = createBranch(site.library, 'north-portland');
	});
	after(() => site.close());

	const peopleOf = (branch: TestBranch) => (branch === large ? MINIMUM : 3);
	const today = (): string => new Date(site.clock.now() - 8 * 3_600_000).toISOString().slice(0, 10);
	const send = async (branch: TestBranch, body: object): Promise<number> => {
		const { status } = await site.post('/entries', { people: peopleOf(branch), ...body });
		await site.settle();
		return status;
	};
	async function decide(branch: TestBranch): Promise<Decided> {
		const { disclosures, _sd } = conceal({ facts: 'xu-facts of the case, at some length', text: WORDS });
		const [facts, text] = disclosures as [string, string];
		const made = branch.next({ _sd, decided_on: today() } as Partial<Entry>, {
			facts: null,
			explanation: null,
		});
		const { entry } = made;
		expect(await send(branch, { entry, disclosures: [facts] })).to.equal(202);
		return { made, facts, text };
	}
	const unsealing = (branch: TestBranch, { made }: Decided, over: object = {}) => {
		const said = {
			kind: 'unsealing',
			state: 'published',
			fields: ['text'],
			refs: [made.id],
			decided_on: today(),
		};
		const { entry } = branch.act({ ...said, ...over });
		return { entry, disclosures: [] };
	};
	const pageOf = async ({ made }: Decided, language = 'en') =>
		(
			await site.get(`/statements/${made.id}`, {
				...HTML,
				cookie: `language=${language}`,
				'accept-language': language,
			})
		).text;
	const stray = (branch: TestBranch, decided: Decided, over: object, unsealed: readonly string[]) => {
		// A branch of the same key whose chain does not go on: what is refused moves nothing.
		const head = (JSON.parse(branch.stray().entry) as SignedEntry).prev;
		const other = createBranch(site.library, branch === large ? 'belmont' : 'north-portland');
		return { ...unsealing(other, decided, { prev: head, ...over }), unsealed };
	};

	it('stands on the page of the decision, in both languages, with the check that these are the words', async () => {
		const one = await decide(large);
		expect(await pageOf(one))
			.to.include('xu-facts')
			.and.not.include(WORDS);
		expect(await send(large, { ...unsealing(large, one), unsealed: [one.text] })).to.equal(202);
		const page = await pageOf(one);
		expectWholePage(page, 'en');
		expect(wordsOf(page)).to.include(WORDS).and.include('The person affected made this public on');
		expect(wordsOf(page)).to.include('These are the words the log committed to when it was decided');
		expect(wordsOf(await pageOf(one, 'es'))).to.include('La persona afectada hizo público esto el');
		const { disclosures } = (await site.get(`/disclosures/${one.made.id}.json`)).json() as {
			disclosures: string[];
		};
		expect(disclosures).to.have.members([one.facts, one.text]);
		const leaf = (await site.get(`/statements/${one.made.id}.json`)).text;
		expect(openLeaf(leaf, disclosures)!.map(({ value }) => value)).to.include(WORDS);
		for (const file of ['/feed.json', '/feed.atom', '/statements.csv', '/data/entries.jsonl'])
			expect((await site.get(file)).text, file).not.to.include(WORDS);
	});

	it('is refused when the log committed to other words, or another decision did', async () => {
		const [one, other] = [await decide(large), await decide(large)];
		const salt = 'AAAAAAAAAAAAAAAAAAAAAA';
		const foreign = await decide(small);
		for (const [what, over, unsealed] of [
			['another decision’s words', {}, [other.text]],
			['the same words with another salt', {}, [makeDisclosure('text', WORDS, salt)]],
			['other words', {}, [makeDisclosure('text', 'never said', salt)]],
			['a text it does not name', { fields: ['facts'] }, [one.text]],
			['no disclosure at all', {}, ['bm90aGluZw']],
			[
				'the same twice by another name',
				{ fields: ['facts', 'text'] },
				[one.text, makeDisclosure('text', 'x', salt)],
			],
			['words when it is taken back', { state: 'taken_back' }, [one.text]],
			['a decision of another branch', { refs: [foreign.made.id] }, [foreign.text]],
			['two decisions', { refs: [one.made.id, other.made.id] }, [one.text]],
			['none', { refs: [] }, [one.text]],
		] as const) {
			expect(await send(large, stray(large, one, over, unsealed)), what).to.be.oneOf([400, 422]);
		}
		const decoy = (JSON.parse(one.made.entry) as SignedEntry)._sd.find((digest) => digest.length === 43)!;
		expect(await send(large, stray(large, one, {}, [decoy])), 'a digest is no disclosure').to.be.oneOf([
			400, 422,
		]);
		expect(await pageOf(one)).not.to.include(WORDS);
		const entry = large.next({ decided_on: today() });
		const smuggled = { entry: entry.entry, disclosures: entry.disclosures, unsealed: [one.text] };
		expect(await send(large, smuggled), 'with a decision').to.be.oneOf([400, 422]);
		expect(await send(large, { entry: entry.entry, disclosures: entry.disclosures })).to.equal(202);
	});

	it('goes when it is taken back: words, salt and date, and the month alone is said', async () => {
		const one = await decide(large);
		const sent = { ...unsealing(large, one), unsealed: [one.text] };
		expect(await send(large, sent)).to.equal(202);
		expect(await send(large, sent), 'the same again changes nothing').to.equal(202);
		expect(await pageOf(one)).to.include(WORDS);
		expect(await send(large, unsealing(large, one, { state: 'taken_back' }))).to.equal(202);
		const page = wordsOf(await pageOf(one));
		expect(page)
			.to.match(/took them back in [A-Z][a-z]+ \d{4}\./)
			.and.not.include(WORDS);
		expect(page, 'what the library published stays').to.include('xu-facts');
		const { disclosures } = (await site.get(`/disclosures/${one.made.id}.json`)).json() as {
			disclosures: string[];
		};
		expect(disclosures).to.deep.equal([one.facts]);
		const db = new pg.Client(site.databaseUrl);
		await db.connect();
		const { rows } = await db.query('select 1 from unsealed_texts where entry_id = $1', [one.made.id]);
		await db.end();
		expect(rows).to.deep.equal([]);
		expect(await send(large, sent), 'nor does it come back by itself').to.equal(202);
		expect(await pageOf(one)).not.to.include(WORDS);
	});

	it('opens one decision of a small branch once its leaf is in the log, and the file that stands alone proves it', async () => {
		const [one, other] = [await decide(small), await decide(small)];
		const fields = ['facts', 'text'];
		const unsealed = [one.facts, one.text];
		expect(await send(small, { ...unsealing(small, one, { fields }), unsealed })).to.equal(202);
		expect(wordsOf(await pageOf(one)), 'not before the log has it').to.include('counted and not shown');
		site.clock.advance(40 * 86_400_000);
		await site.settle();
		const page = wordsOf(await pageOf(one));
		expect(page)
			.to.include(WORDS)
			.and.include('xu-facts')
			.and.include('because the person affected wants it');
		expect(wordsOf(await pageOf(other)))
			.to.include('counted and not shown')
			.and.not.include(WORDS);
		const files = await Promise.all(
			[
				`/statements/${one.made.id}.json`,
				`/statements/${one.made.id}.tlog-proof`,
				`/disclosures/${one.made.id}.json`,
			].map(async (path) => (await site.get(path)).text),
		);
		const { disclosures } = JSON.parse(files[2]!) as { disclosures: string[] };
		expect(parseDisclosure(disclosures[0]!)!.value).to.equal(one.made.entry);
		const vkey = /<code>([^<]*log\/2026\+[^<]+)</
			.exec((await site.get('/verify', HTML)).text)![1]!
			.replaceAll('&#x3D;', '=')
			.replaceAll('&#x2B;', '+');
		expect(await check(files, vkey))
			.to.include('PROVEN')
			.and.include(WORDS);
		const forged = { disclosures: [disclosures[0], makeDisclosure('text', 'never said', 'salt')] };
		expect(await check([files[0]!, files[1]!, JSON.stringify(forged)], vkey)).to.match(/^NOT PROVEN/);
		expect(await send(small, unsealing(small, one, { fields, state: 'taken_back' }))).to.equal(202);
		expect(wordsOf(await pageOf(one)))
			.to.include('counted and not shown')
			.and.include('took them back in');
		for (const path of [`/statements/${one.made.id}.json`, `/disclosures/${one.made.id}.json`])
			expect((await site.get(path)).status, path).to.equal(404);
	});

	async function check(files: readonly string[], vkey: string): Promise<string> {
		const folder = mkdtempSync(join(tmpdir(), 'understory-words-'));
		try {
			const paths = files.map((text, n) => {
				const path = join(folder, String(n));
				writeFileSync(path, text);
				return path;
			});
			const run = promisify(execFile)(process.execPath, [
				CHECK,
				paths[0]!,
				paths[1]!,
				vkey,
				'--words',
				paths[2]!,
			]);
			return await run.then(
				({ stdout }) => stdout,
				(failure: { stderr: string }) => failure.stderr,
			);
		} finally {
			rmSync(folder, { recursive: true });
		}
	}
});
