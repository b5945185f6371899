import { readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { createBranch, FACTS } from './fixtures/branch.ts';
import { wordsOf } from './fixtures/html.ts';
import { DAY } from './fixtures/library.ts';
import { startSite, type TestSite } from './fixtures/site.ts';

const HTML = { accept: 'text/html' };
const NORTH = 'north-portland.multcolib.localhost:4000';

describe('the site as files', () => {
	let site: TestSite;
	let belmont: ReturnType<typeof createBranch>;
	let north: ReturnType<typeof createBranch>;
	beforeEach(async () => {
		site = await startSite();
		belmont = createBranch(site.library, 'belmont');
		north = createBranch(site.library, 'north-portland');
	});
	afterEach(() => site.close());

	const folder = () => join(site.folder, 'libraries', site.library.signed().library.id, 'site');
	async function decide(branch: typeof belmont, over = {}): Promise<string> {
		const { id, entry, disclosures } = branch.next(over);
		expect((await site.post('/entries', { entry, disclosures })).status).to.equal(202);
		await site.settle();
		return id;
	}
	/** Lets the site write itself, as it does when time passes: the look is over when the role has closed. */
	async function written(): Promise<Map<string, { bytes: string; at: number }>> {
		await site.restart({ lookEvery: 60_000 });
		await site.restart({ lookEvery: null });
		const names = await readdir(folder(), { recursive: true, withFileTypes: true });
		const files = names.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
		const read = await Promise.all(
			files.map(async (file) => {
				const [bytes, { mtimeMs }] = await Promise.all([readFile(file, 'utf8'), stat(file)]);
				return [file.slice(folder().length + 1), { bytes, at: mtimeMs }] as const;
			}),
		);
		return new Map(read.sort());
	}
	/** What a reader says who has a page already: by its tag, or by its time. */
	const knownBy = (etag: string, modified: string): Record<string, string>[] => [
		{ 'if-none-match': etag },
		{ 'if-modified-since': modified },
	];
	const addressOf = (file: string) =>
		`/${file
			.replace(/^(en|es)\//, '')
			.replace(/\.html$/, '')
			.replace(/(^|\/)index$/, '')}`;

	it('has a file for every page in every language and for every download, with the very bytes that are shown', async () => {
		const ids = [await decide(belmont), await decide(north)];
		const files = await written();
		for (const [file, { bytes }] of files) {
			const language = file.slice(0, 2);
			const headers = file.endsWith('.html') ? { ...HTML, 'accept-language': language } : {};
			const { status, text } = await site.get(addressOf(file), headers);
			expect(status, file).to.equal(200);
			expect(text === bytes, file).to.equal(true);
		}
		const wanted = [
			'index',
			'council/index',
			'council/2026-Q4',
			'verify/index',
			'data/index',
			`statements/${ids[0]}`,
		];
		for (const name of wanted) {
			expect([...files.keys()])
				.to.include(`en/${name}.html`)
				.and.to.include(`es/${name}.html`);
		}
		expect([...files.keys()]).to.include.members(['statements.csv', 'feed.atom', 'data/SHA256SUMS']);
	});

	it('is written to the same bytes again when all its files are lost', async () => {
		await decide(belmont);
		await decide(north);
		const before = await written();
		await rm(folder(), { recursive: true });
		const after = await written();
		expect([...after.keys()]).to.deep.equal([...before.keys()]);
		for (const [file, { bytes }] of after) expect(bytes === before.get(file)!.bytes, file).to.equal(true);
	});

	it('has only those files written anew that a decision touches', async () => {
		const old = await decide(belmont);
		await decide(north);
		const before = await written();
		site.clock.advance(60_000);
		const fresh = await decide(north);
		const after = await written();
		const changed = [...after].filter(([file, { at }]) => before.get(file)?.at !== at).map(([file]) => file);
		const pages = changed.filter((file) => file.startsWith('en/'));
		expect(pages).to.have.members([
			...['en/index.html', 'en/statements/index.html', 'en/verify/index.html', 'en/data/index.html'],
			// Each quarter names the newest state of the log, for the minutes.
			...['index', '2026-Q1', '2026-Q2', '2026-Q3', '2026-Q4'].map((name) => `en/council/${name}.html`),
			`en/statements/${fresh}.html`,
			'en/branches/north-portland.multcolib.localhost:4000.html',
			...[
				...['act/content_hidden', 'quarter/2026-Q4', 'rule/conduct/no-advertising', `branch/${NORTH}`],
				`branch/${NORTH}/quarter/2026-Q4`,
			].map((list) => `en/statements/${list}/index.html`),
		]);
		expect(changed).not.to.include(`en/statements/${old}.html`);
		expect(changed.filter((file) => !/^(en|es)\//.test(file))).to.have.members([
			...[
				'statements.csv',
				'data/entries.jsonl',
				'data/SHA256SUMS',
				'feed.json',
				'feed.atom',
				'dcat-us-3.json',
			],
			...[`branch/${NORTH}`, 'rule/conduct/no-advertising'].flatMap((list) =>
				['json', 'atom'].map((form) => `statements/${list}/feed.${form}`),
			),
		]);
	});

	it('a reader who has a page, by its tag or its time, is told that it is the same; and not when it is another', async () => {
		const id = await decide(belmont);
		const addresses = ['/', `/statements/${id}`, '/council', '/statements.csv', '/feed.atom'];
		const first = await Promise.all(addresses.map((path) => site.get(path, HTML)));
		for (const [n, path] of addresses.entries()) {
			const { etag, 'last-modified': modified } = first[n]!.headers as Record<string, string>;
			expect(Date.parse(modified!), path).to.equal(site.clock.now());
			for (const known of knownBy(etag!, modified!)) {
				const again = await site.get(path, { ...HTML, ...known });
				expect([again.status, again.text], path).to.deep.equal([304, '']);
			}
		}
		site.clock.advance(60_000);
		await decide(belmont);
		for (const [n, path] of addresses.entries()) {
			const { etag, 'last-modified': modified } = first[n]!.headers as Record<string, string>;
			const same = path.startsWith('/statements/');
			for (const known of knownBy(etag!, modified!))
				expect((await site.get(path, { ...HTML, ...known })).status, path).to.equal(same ? 304 : 200);
		}
	});

	it('each language has a file of its own, and nobody gets the other from it', async () => {
		const english = await site.get('/', { ...HTML, 'accept-language': 'en' });
		const { etag } = english.headers as Record<string, string>;
		const spanish = await site.get('/', { ...HTML, 'accept-language': 'es', 'if-none-match': etag! });
		expect(spanish.status).to.equal(200);
		expect(spanish.text).to.contain('<html lang="es"');
		expect(spanish.headers.vary).to.contain('accept-language');
	});

	it('a text that is withdrawn is out of the file at once', async () => {
		const id = await decide(belmont);
		await written();
		expect(wordsOf((await site.get(`/statements/${id}`, HTML)).text)).to.contain(FACTS);
		const { entry } = belmont.next({ kind: 'redaction', refs: [id] });
		await site.restart({ publish: 'daily' });
		expect(wordsOf((await site.get(`/statements/${id}`, HTML)).text)).to.contain(FACTS);
		expect((await site.post('/entries', { entry, disclosures: [] })).status).to.equal(202);
		expect(wordsOf((await site.get(`/statements/${id}`, HTML)).text)).not.to.contain(FACTS);
		expect(await readFile(join(folder(), 'en', 'statements', `${id}.html`), 'utf8')).not.to.contain(FACTS);
	});

	it('what hangs on the day is another on the next, and what does not is the same', async () => {
		const id = await decide(belmont);
		site.library.change((register) => {
			const [policy] = register.policies;
			register.policies.push({ ...policy!, version: 2, effective_on: '2026-10-16' });
		});
		await site.settle();
		const rules = async () =>
			((await site.get('/branches.json')).json() as { branches: { policies: { version: number }[] }[] })
				.branches[0]!.policies[0]!.version;
		const { etag } = (await site.get(`/statements/${id}`, HTML)).headers;
		expect(await rules()).to.equal(1);
		site.clock.advance(2 * DAY);
		expect(await rules()).to.equal(2);
		expect((await site.get(`/statements/${id}`, HTML)).headers.etag).to.equal(etag);
	});

	it('an address that is asked for in other ways, or is none, leaves no file', async () => {
		const id = await decide(belmont);
		const before = new Set((await written()).keys());
		for (const path of [
			`/STATEMENTS/${id}`,
			`/statements/${id.toUpperCase()}`,
			`/statements/${id}/`,
			'/branches/BELMONT.multcolib.localhost:4000',
			'/council/1999-Q1',
			'/policies/conduct/01',
			'/branches/..%2f..%2fx',
			'/statements/..%2f..%2flog.key',
			'/?x=1',
		])
			await site.get(path, HTML);
		const names = await readdir(folder(), { recursive: true, withFileTypes: true });
		const files = names.filter((one) => one.isFile()).map((one) => join(one.parentPath, one.name));
		expect(new Set(files.map((file) => file.slice(folder().length + 1)))).to.deep.equal(before);
	});

	it('a file that somebody changed is made anew when the site starts, and one that cannot be written is shown all the same', async () => {
		await decide(belmont);
		await written();
		const file = join(folder(), 'en', 'index.html');
		const honest = await readFile(file, 'utf8');
		await writeFile(file, honest.replaceAll('Belmont', 'Malmont'));
		await site.restart();
		expect((await site.get('/', HTML)).text).to.equal(honest);
		expect(await readFile(file, 'utf8')).to.equal(honest);
		await rm(folder(), { recursive: true });
		await writeFile(folder(), 'a file where the folder should be');
		await site.restart();
		expect((await site.get('/', HTML)).text).to.equal(honest);
	});
});
