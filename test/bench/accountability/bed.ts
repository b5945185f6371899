import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '@understory/core/clock.ts';
import { silentLog } from '@understory/core/log.ts';
import { createDesign } from '@understory/design/design.ts';
import { createInternalClient } from '@understory/outgoing/outgoing.ts';
import { generateKey } from '@understory/transparency-log/keys.ts';
import { digestText } from '@understory/transparency-log/signed-document.ts';
import type { AccountabilityParts } from '../../../packages/accountability/src/accountability.ts';
import type { Db } from '../../../packages/accountability/src/store/database.ts';
import {
	createBranch,
	type Submission,
	type TestBranch,
} from '../../../packages/accountability/test/fixtures/branch.ts';
import { createLibrary, type TestLibrary } from '../../../packages/accountability/test/fixtures/library.ts';
import { startProvisioner } from '../../../packages/accountability/test/fixtures/provisioner.ts';
import { startPostgres } from '../../../packages/town/src/postgres.ts';

/** A library whose branches decide things. */
export interface BedLibrary {
	readonly id: string;
	/** Host of its site. */
	readonly site: string;
	readonly branches: readonly { readonly id: string; readonly writes: TestBranch }[];
	/** Where its pages are kept. */
	readonly pages: string;
}

/** Libraries, and what their accountability role is built from; PostgreSQL waits for the disk. */
export interface SiteBed {
	readonly libraries: readonly BedLibrary[];
	readonly parts: AccountabilityParts;
	close(): Promise<void>;
}

/** Rows that are written in one go: PostgreSQL takes 65,535 values with a statement. */
const AT_ONCE = 2_000;

/** Lays the bed: libraries with so many open branches each, none of which decided anything yet. */
export async function laySite(slugs: readonly string[], branches: number): Promise<SiteBed> {
	const folder = mkdtempSync(join(tmpdir(), 'understory-bench-'));
	const postgres = await startPostgres({ folder: join(folder, 'postgres') });
	const names = Array.from({ length: branches }, (_, at) => `branch-${at}`);
	const platformKey = generateKey();
	const libraries = slugs.map((slug) => {
		const library = createLibrary(slug, names, platformKey);
		library.change((register) => {
			register.branches = register.branches.map((branch, at) => ({
				...branch,
				location: { north: 45_000 + ((at * 7919) % 1000), east: -122_000 - ((at * 104_729) % 997) },
			}));
		});
		const signed = library.signed();
		// Signing the register over and over is the provisioner's part.
		return { ...library, signed: () => signed };
	});
	const provisioner = await startProvisioner(libraries, Date.now);
	const outgoing = createInternalClient({ town: true });
	return {
		libraries: libraries.map((library) => bedLibrary(folder, library, names)),
		parts: {
			databaseUrl: await postgres.urlFor('accountability'),
			folder,
			platform: { url: provisioner.url, token: provisioner.token, outgoing },
			design: createDesign(),
			log: silentLog,
			clock: systemClock,
			publish: 'now',
			minimumPopulation: 0,
			outgoing,
			sample: true,
			lookEvery: null,
		},
		async close() {
			await provisioner.die();
			await outgoing.close();
			await postgres.close();
			rmSync(folder, { recursive: true, force: true });
		},
	};
}

function bedLibrary(folder: string, library: TestLibrary, names: readonly string[]): BedLibrary {
	const { branches, library: described } = library.signed();
	return {
		id: described.id,
		site: library.site,
		branches: names.map((name) => ({
			id: branches.find(({ slug }) => slug === name)!.id,
			writes: createBranch(library, name),
		})),
		pages: join(folder, 'libraries', described.id, 'site'),
	};
}

/** Puts decisions into the database as if they had been accepted: signed, chained, with their texts. They take turns among the branches. */
export async function acceptMany(db: Db, library: BedLibrary, count: number): Promise<void> {
	const heads = new Map<string, string>();
	for (let from = 0; from < count; from += AT_ONCE) {
		const part = Array.from({ length: Math.min(AT_ONCE, count - from) }, (_, at) => {
			const { id, writes } = library.branches[(from + at) % library.branches.length]!;
			const submission = writes.next();
			heads.set(id, digestText(submission.entry));
			return { branch: id, submission };
		});
		await db('entries').insert(
			part.map(({ branch, submission }) => entryRow(library.id, branch, submission)),
		);
		await db('disclosures').insert(
			part.flatMap(({ submission: { id, disclosures } }) =>
				TEXTS.map((name, at) => ({ entry_id: id, name, disclosure: disclosures[at]! })),
			),
		);
	}
	for (const [branch_id, head] of heads)
		await db('chains').insert({ branch_id, head, length: count }).onConflict('branch_id').merge();
}

/** As `conceal` orders what it is given. */
const TEXTS = ['facts', 'explanation'];

function entryRow(library_id: string, branch_id: string, { id, entry }: Submission): object {
	return {
		...{
			id,
			library_id,
			branch_id,
			entry,
			digest: digestText(entry),
			kind: 'decision',
			refs: [],
			seal: null,
		},
		...{ sealed: false, texts: TEXTS, received_at: Date.now() },
	};
}
