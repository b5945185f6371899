import type { Db } from './database.ts';

/** What the person affected did last with the texts of a decision. */
export interface UnsealingRow {
	/** The exact text of its entry. */
	readonly entry: string;
	/** Does it stand in the log, or will it with the sealed ones of the month? */
	readonly shown: boolean;
}

/** The last unsealing of a decision, by its branch; undefined where there was none. */
export async function lastUnsealing(
	db: Db,
	branchId: string,
	decision: string,
): Promise<UnsealingRow | undefined> {
	return db('entries')
		.where({ branch_id: branchId, kind: 'unsealing' })
		.whereRaw('refs @> array[?]::uuid[]', [decision])
		.orderBy('seq', 'desc')
		.first<UnsealingRow | undefined>('entry', db.raw('(published or sealed) as shown'));
}

/** Every decision of a library that the person affected did something with. */
export async function unsealedIds(db: Db, libraryId: string): Promise<Set<string>> {
	const rows = await db('entries')
		.where({ library_id: libraryId, kind: 'unsealing' })
		.select<{ id: string }[]>(db.raw('refs[1] as id'));
	return new Set(rows.map(({ id }) => id));
}

/** Keeps what was made public. */
export async function keepUnsealed(
	db: Db,
	decision: string,
	by: string,
	texts: readonly { readonly name: string; readonly disclosure: string }[],
): Promise<void> {
	if (texts.length === 0) return;
	await db('unsealed_texts')
		.insert(texts.map(({ name, disclosure }) => ({ entry_id: decision, name, disclosure, unsealed_by: by })))
		.onConflict(['entry_id', 'name'])
		.merge();
}

/** Drops it, salts and all. */
export async function dropUnsealed(db: Db, decision: string): Promise<void> {
	await db('unsealed_texts').where({ entry_id: decision }).delete();
}

/** The disclosures that are public by the person's own word. */
export async function unsealedOf(db: Db, decision: string): Promise<string[]> {
	return db('unsealed_texts').where({ entry_id: decision }).orderBy('name').pluck<string[]>('disclosure');
}
