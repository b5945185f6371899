import type { Policy } from '@understory/core/rule.ts';
import type { Database } from './database.ts';
import type { LibraryRow } from './rows.ts';
import { isUuid } from './uuid.ts';

/** One library by its slug or its id. */
export async function findLibrary(database: Database, slugOrId: string): Promise<LibraryRow | undefined> {
	const column = isUuid(slugOrId) ? 'id' : 'slug';
	return database<LibraryRow>('library').where(column, slugOrId).first();
}

/** Libraries in the order of their slugs, from after `after`. */
export async function listLibraries(
	database: Database,
	page: { after?: string; limit: number },
): Promise<LibraryRow[]> {
	const query = database<LibraryRow>('library').orderBy('slug').limit(page.limit);
	return page.after ? query.where('slug', '>', page.after) : query;
}

/** The newest version of each policy of a library. */
export async function policiesOf(database: Database, library: string): Promise<Policy[]> {
	const rows = await database('policy')
		.distinctOn('id')
		.select<{ document: Policy }[]>('document')
		.where({ library })
		.orderBy([{ column: 'id' }, { column: 'version', order: 'desc' }]);
	return rows.map((row) => row.document);
}
