import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { openBranch } from '@understory/branch/open-branch.ts';
import type { BranchRecord } from '@understory/core/register.ts';
import type { BranchEntry, EntrySubmission } from '@understory/core/statement.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import { verifyEntry } from '@understory/transparency-log/verify.ts';
import Database from 'better-sqlite3';
import { expect } from 'chai';
import { startSite, type TestSite } from '../../packages/accountability/test/fixtures/site.ts';
import { type Bed, createBed } from '../../packages/branch/test/bed.ts';

const CHILD = fileURLToPath(new URL('../../packages/branch/test/decide-crash-child.ts', import.meta.url));
const HTML = { accept: 'text/html' };

/** What a killed process left behind. */
interface Left {
	readonly folder: string;
	readonly homeKey: string;
	readonly record: BranchRecord;
	/** What it had handed to the site. */
	readonly handed?: string;
}

/** A branch in a process of its own that is killed while a host decides, and the site as it runs. */
describe('a decision whose process is killed before the site has its statement', function () {
	this.timeout(60_000);
	let site: TestSite;
	let bed: Bed;
	before(async () => {
		site = await startSite();
		bed = await createBed([]);
	});
	after(async () => {
		await bed?.close();
		await site?.close();
	});

	async function killed(moment: string): Promise<Left> {
		const child = spawn(process.execPath, [CHILD, moment], { stdio: ['ignore', 'pipe', 'inherit'] });
		const gone = once(child, 'exit');
		let left = {};
		for await (const line of createInterface({ input: child.stdout }))
			left = { ...left, ...JSON.parse(line) };
		expect((await gone)[1]).to.equal('SIGKILL');
		const { record } = left as Left;
		site.library.change((register) => {
			register.branches = [...register.branches, { ...record, id: `b-${moment}`, slug: `north-${moment}` }];
		});
		await site.settle();
		return left as Left;
	}

	/** The folder is opened again as a home does, and works until it has nothing to hand over. The texts of the entries that it sent, each as often as it did. */
	async function openedAgain({ folder, homeKey }: Left): Promise<string[]> {
		const sent: string[] = [];
		const outgoing: Outgoing = {
			async request({ url, body }) {
				sent.push((JSON.parse(String(body)) as EntrySubmission).entry);
				const { status, body: answer } = await site.post('/entries', String(body));
				return { status, headers: {}, body: answer, url };
			},
			fetch: () => Promise.reject(new Error('nothing is fetched')),
			close: async () => undefined,
		};
		const parts = bed.parts({ homeKey: Buffer.from(homeKey, 'hex'), registerView: () => null, outgoing });
		const open = await openBranch(join(folder, 'north'), parts);
		await open.work();
		await open.close();
		await site.settle();
		return sent;
	}

	const read = (text: string) => JSON.parse(text) as BranchEntry;
	const decisions = (sent: readonly string[]) => sent.filter((text) => read(text).kind === 'decision');

	function kept({ folder }: Left) {
		const database = new Database(join(folder, 'north', 'branch.sqlite'), { readonly: true });
		const count = (sql: string) => database.prepare(sql).pluck().get();
		const found = {
			hidden: count('SELECT count(*) FROM post WHERE hidden IS NOT NULL'),
			entries: count("SELECT count(*) FROM entry WHERE body ->> '$.kind' = 'decision'"),
			unsent: count('SELECT count(*) FROM entry WHERE sent IS NULL'),
		};
		database.close();
		return found;
	}

	/** The statement stands in the log, byte for byte as the branch signed it, and its receipt proves it. */
	async function checkReceipt(entry: string): Promise<void> {
		const { id } = read(entry);
		expect((await site.get(`/statements/${id}.json`)).text).to.equal(entry);
		const proof = (await site.get(`/statements/${id}.tlog-proof`)).text;
		const shown = /<code>([^<]*log\/2026\+[^<]+)</.exec((await site.get('/verify', HTML)).text)![1]!;
		const vkey = shown.replaceAll('&#x3D;', '=').replaceAll('&#x2B;', '+');
		expect(verifyEntry({ entry, proof, vkey })).to.include({ ok: true });
	}

	for (const [moment, what] of [
		['between', 'before the statement was written'],
		['before', 'before both were kept'],
	] as const) {
		it(`is not there, and no statement of it ever comes, when it ended ${what}`, async () => {
			const left = await killed(moment);
			try {
				expect(decisions(await openedAgain(left))).to.deep.equal([]);
				expect(kept(left)).to.deep.equal({ hidden: 0, entries: 0, unsent: 0 });
			} finally {
				rmSync(left.folder, { recursive: true, force: true });
			}
		});
	}

	it('is there when it ended right after both were kept: the statement goes out once, and has its receipt', async () => {
		const left = await killed('after');
		try {
			expect(kept(left)).to.deep.include({ hidden: 1, entries: 1, unsent: 1 });
			const [sent, ...more] = decisions(await openedAgain(left));
			expect(more).to.deep.equal([]);
			await checkReceipt(sent!);
			expect(await openedAgain(left)).to.deep.equal([]);
			expect(kept(left)).to.deep.equal({ hidden: 1, entries: 1, unsent: 0 });
		} finally {
			rmSync(left.folder, { recursive: true, force: true });
		}
	});

	it('is sent again when it ended before the site could answer, and stands in the log once', async () => {
		const left = await killed('handed');
		try {
			expect((await site.post('/entries', left.handed!)).status).to.equal(202);
			const { entry } = JSON.parse(left.handed!) as EntrySubmission;
			const again = decisions(await openedAgain(left));
			expect(again).to.deep.equal([entry]);
			await checkReceipt(entry);
			const { items } = (await site.get('/feed.json')).json() as { items: readonly { id: string }[] };
			expect(items.filter(({ id }) => id === `urn:uuid:${read(entry).id}`)).to.have.length(1);
			expect(kept(left)).to.deep.equal({ hidden: 1, entries: 1, unsent: 0 });
		} finally {
			rmSync(left.folder, { recursive: true, force: true });
		}
	});
});
