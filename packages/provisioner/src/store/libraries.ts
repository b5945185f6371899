import type { Policy } from '@understory/core/rule.ts';
import type { Database } from './database.ts';
import type { LibraryRow } from './rows.ts';
import { isUuid } from './uuid.ts';

/** One library by its slug or its id. */
export async function findLibrary(database: Database, slugOrId: string): Promise<LibraryRow | undefined> {
	const column = isUuid(slugOrId) ? 'id' : 'slug';
	return database<LibraryRow>('library').where(column, slugOrId).first();
}

export async function librariesById(database: Database, ids: readonly string[]): Promise<LibraryRow[]> {
	return database<LibraryRow>('library').whereIn('id', [...ids]);
}

/** Libraries in the order of their slugs, from after `after`. */
export async function listLibraries(
	database: Database,
	page: { after?: string; limit: number },
): Promise<LibraryRow[]> {
	const query = database<LibraryRow>('library').orderBy('slug').limit(page.limit);
	return page.after ? query.where('slug', '>', page.after) : query;
}

/** Every version of every policy of a library, by id and then by version: what was decided under an old one still names it. */
export async function policiesOf(database: Database, library: string): Promise<Policy[]> {
	const rows = await database('policy')
		.select<{ document: Policy }[]>('document')
		.where({ library })
		.orderBy(['id', 'version']);
	return rows.map((row) => row.document);
}

/** Adds a version; the key refuses one that is there. */
export async function addPolicy(database: Database, library: string, policy: Policy): Promise<void> {
	const { id, version } = policy;
	await database('policy').insert({ library, id, version, document: JSON.stringify(policy) });
}
