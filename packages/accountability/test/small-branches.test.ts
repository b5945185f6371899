import { existsSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Entry } from '@understory/core/statement.ts';
import { auditLog } from '@understory/transparency-log/audit.ts';
import { disclosureDigest, makeDisclosure, parseDisclosure } from '@understory/transparency-log/sd.ts';
import { verifyEntry } from '@understory/transparency-log/verify.ts';
import { expect } from 'chai';
import pg from 'pg';
import { createBranch, type Submission, type TestBranch } from './fixtures/branch.ts';
import { expectWholePage, wordsOf } from './fixtures/html.ts';
import { AFTERNOON, DAY } from './fixtures/library.ts';
import { startSite, type TestSite } from './fixtures/site.ts';

const MINIMUM = 50;
const HTML = { accept: 'text/html' };

describe('a branch with few people', () => {
	let site: TestSite;
	let large: TestBranch;
	let small: TestBranch;
	beforeEach(async () => {
		site = await startSite({ parts: { minimumPopulation: MINIMUM } });
		large = createBranch(site.library, 'belmont');
		small = createBranch(site.library, 'north-portland');
	});
	afterEach(() => site.close());

	async function send(
		branch: TestBranch,
		people: number | undefined,
		over: Partial<Entry> = {},
	): Promise<Submission> {
		const made = branch.next({ decided_on: today(), ...over });
		const { entry, disclosures } = made;
		const body = { entry, disclosures, ...(people === undefined ? {} : { people }) };
		expect((await site.post('/entries', body)).status).to.equal(202);
		await site.settle();
		return made;
	}
	const today = (): string => new Date(site.clock.now() - 8 * 3_600_000).toISOString().slice(0, 10);
	async function to(day: string): Promise<void> {
		site.clock.advance(Date.parse(`${day}T20:00:00Z`) - site.clock.now());
		await site.settle();
	}
	const sizeOf = async (year: number): Promise<number> =>
		Number((await site.get(`/log/${year}/checkpoint`)).text.split('\n')[1]);
	async function leaves(year: number): Promise<string[]> {
		const found: string[] = [];
		const audit = await auditLog({
			vkey: /<code>([^<]*log\/2026\+[^<]+)</
				.exec((await site.get('/verify', HTML)).text)![1]!
				.replaceAll('&#x3D;', '=')
				.replaceAll('&#x2B;', '+'),
			read: async (path) => {
				const { status, body } = await site.get(`/log/${year}/${path}`);
				return status === 200 ? body : null;
			},
			each: (entry) => {
				found.push(entry.toString('utf8'));
				return null;
			},
		});
		expect(audit.ok, JSON.stringify(audit)).to.equal(true);
		return found;
	}

	it('is not shown decision by decision, and a branch with enough people is', async () => {
		const shown = await send(large, MINIMUM);
		const sealed = await send(small, MINIMUM - 1);
		const silent = await send(small, undefined);
		expect((await site.get(`/statements/${shown.id}`, HTML)).status).to.equal(200);
		for (const { id } of [sealed, silent]) {
			const { status, text } = await site.get(`/statements/${id}`, HTML);
			expect(status).to.equal(200);
			expectWholePage(text, 'en');
			expect(wordsOf(text)).to.contain('counted and not shown').and.not.to.contain('No advertising');
			for (const path of [`/statements/${id}.json`, `/statements/${id}.tlog-proof`]) {
				const file = await site.get(path);
				expect(file.status, path).to.equal(404);
				expect(file.text).to.contain('counted with those of other small branches');
			}
		}
		const page = await site.get('/branches/north-portland.multcolib.localhost:4000', HTML);
		expect(wordsOf(page.text))
			.to.contain('only where at least 50 people')
			.and.not.to.contain('A post was hidden');
	});

	it('comes into the log once a month, mixed with decoys to a multiple of five, though nothing was decided', async () => {
		const before = await sizeOf(2026);
		for (let i = 0; i < 3; i++) await send(small, 3);
		await to('2026-10-31');
		expect(await sizeOf(2026), 'nothing of this month').to.equal(before);
		await to('2026-11-01');
		expect(await sizeOf(2026)).to.equal(before + 5);
		for (let i = 0; i < 6; i++) await send(small, 3);
		await to('2026-12-01');
		expect(await sizeOf(2026)).to.equal(before + 15);
		await to('2027-01-01');
		// The year before, and five decoys: December had nothing.
		expect(await sizeOf(2027)).to.equal(6);
		const shapes = new Set((await leaves(2026)).map((leaf) => Object.keys(JSON.parse(leaf)).join()));
		expect([...shapes]).to.deep.equal(['_sd,_sd_alg,type']);
	});

	it('has in the log what it decided: the salted copy that is kept opens one leaf, and nothing else does', async () => {
		const sealed = await send(small, 3);
		await to('2026-11-01');
		const db = new pg.Client(site.databaseUrl);
		await db.connect();
		const { rows } = await db.query('select seal, log_index from entries where id = $1', [sealed.id]);
		await db.end();
		const [{ seal, log_index }] = rows as [{ seal: string; log_index: number }];
		const leaf = (await leaves(2026))[log_index]!;
		expect(JSON.parse(leaf)._sd).to.deep.equal([disclosureDigest(seal)]);
		expect(Buffer.from(seal, 'base64url').toString('utf8')).to.contain(sealed.id);
		const guess = disclosureDigest(makeDisclosure('entry', sealed.entry, 'a guessed salt'));
		expect(leaf).not.to.contain(guess);
		expect(verifyEntry({ entry: leaf, proof: 'x', vkey: 'x' }).ok).to.equal(false);
	});

	it('has its salted copies in a file for whoever audits it, which nobody else may read, and which is made again', async () => {
		const sealed = [await send(small, 3), await send(small, 3)];
		await send(large, MINIMUM);
		const { library } = site.library.signed();
		const file = join(
			site.folder,
			'libraries',
			library.id,
			'sealed',
			`b-${library.slug}-north-portland.jsonl`,
		);
		expect(existsSync(file) && readFileSync(file, 'utf8')).to.be.oneOf([false, '']);
		await to('2026-11-01');
		const committed = new Set((await leaves(2026)).flatMap((leaf) => JSON.parse(leaf)._sd as string[]));
		const copies = readFileSync(file, 'utf8').trimEnd().split('\n');
		expect(statSync(file).mode & 0o777).to.equal(0o600);
		expect(copies.every((copy) => committed.has(disclosureDigest(copy)))).to.equal(true);
		const opened = copies.map((copy) => parseDisclosure(copy)!.value);
		expect(opened).to.have.members(sealed.map(({ entry }) => entry));
		const before = readFileSync(file);
		rmSync(file);
		await site.settle();
		expect(readFileSync(file).equals(before)).to.equal(true);
	});

	it('keeps what comes after a sealed decision sealed, and after a public one public, however many people come', async () => {
		const sealed = await send(small, 3);
		const shown = await send(large, 500);
		const reversal = { kind: 'reversal', action: ['none'] } as const;
		const later = await send(small, 500, { ...reversal, refs: [sealed.id] });
		const open = await send(large, 2, { ...reversal, refs: [shown.id] });
		expect((await site.get(`/statements/${later.id}.json`)).status).to.equal(404);
		expect((await site.get(`/statements/${open.id}.json`)).status).to.equal(200);
	});

	it('may be one by decision of its library, with the reason shown', async () => {
		site.library.change((register) => {
			const [first, ...others] = register.branches;
			register.branches = [
				{ ...first!, totals_only: { en: 'Statute 12 bars more.', es: 'La ley 12 no permite más.' } },
				...others,
			];
		});
		await site.settle();
		const { id } = await send(large, 5_000);
		expect((await site.get(`/statements/${id}.json`)).status).to.equal(404);
		const page = await site.get('/branches/belmont.multcolib.localhost:4000', {
			...HTML,
			'accept-language': 'es',
		});
		expect(wordsOf(page.text)).to.contain('La ley 12 no permite más.');
	});

	it('is counted by closed quarters, of all such branches together, with small counts suppressed', async () => {
		for (let i = 0; i < 12; i++) await send(small, 3);
		for (let i = 0; i < 3; i++) {
			await send(small, 3, {
				rule: { id: 'no-threats', version: 1, policy: 'conduct', policy_sha256: 'a'.repeat(64) },
			});
		}
		const council = async () => {
			const { text } = await site.get('/council', HTML);
			expectWholePage(text, 'en');
			return wordsOf(text);
		};
		expect(await council(), 'this quarter is open').to.contain('All under 5 under 5 under 5 under 5');
		await to('2027-01-02');
		const words = await council();
		expect(words).to.contain('Quarter 4, 2026').and.to.contain('All 15 under 5 under 5 under 5');
		expect(words).to.contain('No threats under 5').and.to.contain('No advertising not shown');
		expect(words).not.to.contain('No advertising 12');
	});

	it('is not found by joining everything that is published, day by day', async () => {
		const paths = [
			...[
				'/',
				'/council',
				'/statements',
				'/verify',
				'/statements.csv',
				'/feed.json',
				'/feed.atom',
				'/data.json',
			],
			...['/branches.json', '/branches/north-portland.multcolib.localhost:4000'],
			'/branches/belmont.multcolib.localhost:4000',
		];
		/** Everything that anybody can download today, without what changes with the clock alone. */
		async function everything(): Promise<string> {
			const pages = await Promise.all(paths.map(async (path) => (await site.get(path, HTML)).text));
			return [...pages, ...(await leaves(2026))].join('\n');
		}
		const secret: Submission[] = [];
		/** What a day's decision changes of what is published, with and without the small branch. */
		for (let day = 0; day < 14; day++) {
			await send(large, 500);
			const before = await everything();
			const over = {
				rule: { id: 'no-threats', version: 1, policy: 'conduct', policy_sha256: 'c'.repeat(64) },
			};
			if (day % 3 === 0) {
				secret.push(
					await send(small, 9, {
						...over,
						decided_on: '2026-09-09',
						content_month: '2025-02',
						source: 'legal_order',
					}),
				);
			}
			expect(await everything(), `day ${day}: a decision of the small branch changes no byte`).to.equal(
				before,
			);
			site.clock.advance(DAY);
			await site.settle();
		}
		await to('2026-11-02');
		const all = await everything();
		for (const { id, entry } of secret) {
			const { sig, _sd } = JSON.parse(entry) as { sig: string; _sd: string[] };
			for (const trace of [id, sig, ..._sd, '2025-02', '2026-09-09', 'c'.repeat(64)])
				expect(all).not.to.contain(trace);
		}
		// What is known of the number: that it was at most the batch. Without the small branch the batch is the same.
		const sealed = (await leaves(2026)).filter((leaf) => leaf.includes('understory/sealed/v1'));
		expect(sealed).to.have.length(10);
		expect(new Set(sealed).size).to.equal(10);
		expect(AFTERNOON).to.be.lessThan(site.clock.now());
	});
});
