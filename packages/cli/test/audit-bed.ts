import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { runCommand } from '@understory/cli/program.ts';
import { sealedLeaf } from '@understory/core/sealed.ts';
import { canonicalize } from '@understory/transparency-log/jcs.ts';
import { generateKey } from '@understory/transparency-log/keys.ts';
import { beginLog } from '@understory/transparency-log/log.ts';
import { folderStorage } from '@understory/transparency-log/log-folder.ts';
import { disclosureDigest, makeDisclosure } from '@understory/transparency-log/sd.ts';
import { type Bed, createBed } from '../../branch/test/bed.ts';

const DAY = 86_400_000;
const ORIGIN = 'accountability.lib.example/log/2026';

/** A branch that decided things, its folder to spoil, and logs made of what it handed over. */
export interface AuditBed {
	readonly bed: Bed;
	/** The entries of the branch as it handed them over, in order. */
	readonly taken: readonly string[];
	/** A host hides a new post. */
	decide(): Promise<void>;
	/** A fresh copy of the branch's folder, changed by these statements. */
	copy(...statements: string[]): string;
	/** A log of these leaves in a folder, and its key. */
	log(leaves: readonly string[]): Promise<{ place: string; vkey: string }>;
	/** Runs `understory log audit`. */
	audit(
		folder: string,
		log: { place: string; vkey: string },
		...words: string[]
	): Promise<{ code: number; out: string; said: string }>;
	close(): Promise<void>;
}

/** A branch with two hidden posts, one of them shown again, a report, and October and November closed. */
export async function createAuditBed(): Promise<AuditBed> {
	const bed = await createBed(['north']);
	const scratch = mkdtempSync(join(tmpdir(), 'understory-audit-'));
	const taken: string[] = [];
	let logs = 0;
	let copies = 0;
	bed.grant('staff-june', 'north');
	bed.outside(new URL(bed.library.accountability_origin).host, (_path, body) => {
		taken.push((JSON.parse(body) as { entry: string }).entry);
		return { status: 202, body: '{}' };
	});
	await bed.settle();
	const north = bed.branch('north');
	for (const handle of ['ana', 'ben']) await north.join(handle);
	let posts = 0;

	async function decide(): Promise<void> {
		// Sessions end within a day, and this goes on for months.
		const [ana, ben] = ['ana', 'ben'].map((handle) => north.browser({ sub: `sub-north-${handle}` }));
		const host = north.browser({ staff_id: 'staff-june' });
		await ana!.get('/home');
		const path = await ana!.write(`Car number ${++posts} for sale`, 'branch');
		const id = path.split('/').at(-1);
		if (posts === 1) {
			await ben!.get(`/posts/${id}/report`);
			await ben!.post(`/posts/${id}/report`, { words: 'An advertisement.' });
		}
		await host.get(`/staff/posts/${id}/decide`);
		const answer = await host.post(`/staff/posts/${id}/decide`, {
			rule: 'conduct/no-advertising',
			facts: 'The post offers a car for money, and nobody had asked for an offer.',
			do: 'decide',
		});
		if (answer.status !== 303) throw new Error(`deciding was answered with ${answer.status}`);
		await bed.settle();
	}

	/** The host takes the last decision back. */
	async function reverse(): Promise<void> {
		const decisions = taken.map((text) => JSON.parse(text) as { id: string; kind: string });
		const { id } = decisions.findLast(({ kind }) => kind === 'decision')!;
		const host = north.browser({ staff_id: 'staff-june' });
		await host.get(`/staff/decisions/${id}`);
		const answer = await host.post(`/staff/decisions/${id}/reverse`, {
			reason: 'It was a gift, and no offer.',
		});
		if (answer.status !== 303) throw new Error(`taking back was answered with ${answer.status}`);
		await bed.settle();
	}

	await decide();
	bed.clock.advance(30 * DAY);
	await decide();
	await reverse();
	bed.clock.advance(30 * DAY);
	await bed.settle();
	bed.clock.advance(3 * DAY);

	return {
		bed,
		taken,
		decide,
		copy(...statements) {
			const folder = join(scratch, `copy-${++copies}`);
			cpSync(bed.branch('north').folder, folder, { recursive: true });
			const database = new DatabaseSync(join(folder, 'branch.sqlite'));
			database.exec('pragma foreign_keys = off');
			for (const statement of statements) database.exec(statement);
			database.close();
			return folder;
		},
		async log(leaves) {
			const place = join(scratch, `log-${++logs}`);
			const log = await beginLog({ origin: ORIGIN, key: generateKey(), storage: folderStorage(place) });
			await log.append(
				0,
				leaves.map((leaf) => Buffer.from(leaf)),
			);
			return { place, vkey: log.vkey };
		},
		async audit(folder, { place, vkey }, ...words) {
			let out = '';
			let said = '';
			const json = words[0] === '--json' ? ['--json'] : [];
			const rest = words.slice(json.length);
			const code = await runCommand(
				[...json, 'log', 'audit', folder, '--log', place, '--key', vkey, ...rest],
				{
					...{ config: { url: null, token: null, loginFile: join(scratch, 'login.json') }, seen: false },
					...{ now: () => bed.clock.now(), askSecret: async () => '', stopped: async () => undefined },
					out: (text) => {
						out += text;
					},
					say: (text) => {
						said += text;
					},
					file: () => Promise.reject(new Error('nothing is sent')),
					client: () => {
						throw new Error('nobody is asked');
					},
				},
			);
			return { code, out, said };
		},
		async close() {
			await bed.close();
			rmSync(scratch, { recursive: true, force: true });
		},
	};
}

/** An entry as a small branch's stands in the log: its leaf, and the salted copy that opens it. */
export function sealed(entry: string, salt: string): { leaf: string; copy: string } {
	const copy = makeDisclosure('entry', entry, salt);
	return { copy, leaf: canonicalize(sealedLeaf(disclosureDigest(copy))) };
}
