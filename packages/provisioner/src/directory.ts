import type { Route } from '@understory/core/routes.ts';
import type { Context } from './context.ts';
import { publishedVersions } from './register/publish.ts';
import { branchesOf } from './store/branches.ts';
import { contactRows } from './store/contacts.ts';
import { listLibraries } from './store/libraries.ts';
import { routesAfter } from './store/routes.ts';
import type { BranchRow, GrantRow, LibraryRow } from './store/rows.ts';
import { grantsOf } from './store/staff.ts';

/** What the platform has, for whoever runs it in the same process. */
export interface Directory {
	/** Libraries that have something running, with their branches in the order of their labels. */
	running(): Promise<{ library: LibraryRow; branches: BranchRow[] }[]>;
	/** Libraries by their survey keys; those that are not there are left out. */
	bySource(keys: readonly string[]): Promise<LibraryRow[]>;
	/** The routing table as it is published. */
	routes(): Promise<readonly Route[]>;
	/** How many contacts a library has besides itself and its branches. */
	contacts(library: string): Promise<number>;
	/** What the staff of a library may do. */
	grants(library: string): Promise<GrantRow[]>;
	/** The version of every register, to see whether something is still moving. */
	versions(): Promise<string>;
}

export function createDirectory(context: Context): Directory {
	const { database } = context;
	return {
		async running() {
			const ids = await database<BranchRow>('branch').distinct('library').whereNot('stage', 'listed');
			const known = new Set(ids.map((row) => row.library));
			const libraries = (await listLibraries(database, { limit: 100_000 })).filter(({ id }) => known.has(id));
			return Promise.all(
				libraries.map(async (library) => ({ library, branches: await branchesOf(database, library.id) })),
			);
		},
		bySource: (keys) =>
			database<LibraryRow>('library')
				.whereIn('source_key', [...keys])
				.orderBy('slug'),
		routes: async () => (await routesAfter(database, null)).routes,
		contacts: async (library) => (await contactRows(database, library)).length,
		grants: (library) => grantsOf(database, library),
		versions: async () => JSON.stringify(await publishedVersions(database)),
	};
}
