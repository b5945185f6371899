import { createHash } from 'node:crypto';
import { createFinder, type Finder } from '../data/finder.ts';
import type { Logs } from '../publish/logs.ts';
import type { Library } from '../registers.ts';
import type { Db } from '../store/database.ts';
import { decidedAfter } from '../store/decided.ts';
import { logYears } from '../store/sequence.ts';
import { branchStamps, statementStamps } from '../store/stamps.ts';

/** What is published of a library, in short texts: a page hangs on one of them, and is made anew when that changes. */
export interface Edition {
	/** All that is published: every log's state, and who signed it. */
	readonly whole: string;
	/** Of one branch, by its id. */
	branch(id: string): string;
	/** Of one entry, by its id: what became of it. Whatever else it says never changes. */
	entry(id: string): string;
	/** Every decision, to be chosen among. It grows with the editions after this one. */
	readonly finder: Finder;
	/** The year of the first log; null before there is one. */
	readonly firstYear: number | null;
}

/** The editions of libraries. */
export interface Editions {
	/** The edition as it was last looked at; looks when it was not yet. */
	now(library: Library): Promise<Edition>;
	/** Looks again, after something was published, withdrawn or signed. */
	look(library: Library): Promise<void>;
}

export function createEditions(parts: { readonly db: Db; readonly logs: Logs }): Editions {
	const { db, logs } = parts;
	const known = new Map<string, Edition>();
	const finders = new Map<string, Finder>();

	async function finderOf(library: Library): Promise<Finder> {
		const finder = finders.get(library.id) ?? createFinder();
		finders.set(library.id, finder);
		finder.add(await decidedAfter(db, library.id, finder.last()));
		return finder;
	}

	async function read(library: Library): Promise<Edition> {
		const years = await logYears(db, library.id);
		const notes = await Promise.all(years.map((year) => logs.read(library, year, 'checkpoint')));
		const [finder, branches, entries] = await Promise.all([
			finderOf(library),
			branchStamps(db, library.id),
			statementStamps(db, library.id),
		]);
		const withdrawn = [...entries].map(([id, stamp]) => `${id} ${stamp}`);
		return {
			whole: createHash('sha256')
				.update([...notes.map((note) => note?.toString('utf8') ?? ''), ...withdrawn].join('\n'))
				.digest('base64url'),
			branch: (id) => branches.get(id) ?? '',
			entry: (id) => entries.get(id) ?? '',
			finder,
			firstYear: years.at(-1) ?? null,
		};
	}

	async function look(library: Library): Promise<Edition> {
		const edition = await read(library);
		known.set(library.id, edition);
		return edition;
	}

	return {
		now: async (library) => known.get(library.id) ?? look(library),
		async look(library) {
			await look(library);
		},
	};
}
