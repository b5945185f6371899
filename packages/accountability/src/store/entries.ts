import { type BranchEntry, STATEMENT_KINDS } from '@understory/core/statement.ts';
import type { Db } from './database.ts';

/** An entry that was accepted, as it is kept. */
export interface EntryRow {
	readonly id: string;
	readonly library_id: string;
	readonly branch_id: string;
	/** The exact text: JCS, signature and all. */
	readonly entry: string;
	readonly digest: string;
	readonly kind: BranchEntry['kind'];
	readonly log_year: number | null;
	readonly log_index: number | null;
	/** YYYY-MM-DD in the library's zone. */
	readonly published_on: string | null;
	/** Does it stand in the log under a checkpoint? */
	readonly published: boolean;
	/** Id of the redaction that took the disclosures away. */
	readonly withdrawn_by: string | null;
	/** Is it counted, and not shown? */
	readonly sealed: boolean;
	/** The salted copy that its leaf commits to, when it is sealed. */
	readonly seal: string | null;
	/** Names of the texts that were handed in with it, whether or not they are still here. */
	readonly texts: readonly string[];
}

/** Where an entry stands in the logs of all years, as one number; a year has far fewer entries than a thousand million. */
export function placeOf({ log_year, log_index }: Pick<EntryRow, 'log_year' | 'log_index'>): number {
	return (log_year ?? 0) * 1e9 + (log_index ?? 0);
}

const COLUMNS = [
	'id',
	'library_id',
	'branch_id',
	'entry',
	'digest',
	'kind',
	'log_year',
	'log_index',
	'published_on',
	'published',
	'withdrawn_by',
	'sealed',
	'seal',
	'texts',
] as const;

/** An entry by its id, published or not; undefined when there is none. */
export async function findEntry(db: Db, id: string): Promise<EntryRow | undefined> {
	return db<EntryRow>('entries')
		.where({ id })
		.first([...COLUMNS]);
}

/** The digest of a branch's last accepted entry, null before its first. Holds the chain until the transaction ends. */
export async function lockChain(db: Db, branchId: string): Promise<string | null> {
	await db('chains').insert({ branch_id: branchId, head: null, length: 0 }).onConflict('branch_id').ignore();
	const chain = await db<{ branch_id: string; head: string | null }>('chains')
		.where({ branch_id: branchId })
		.forUpdate()
		.first('head');
	return chain?.head ?? null;
}

/** Takes an entry up as the new head of its branch's chain. Call within the transaction that holds `lockChain`. */
export async function addEntry(
	db: Db,
	row: {
		readonly id: string;
		readonly library_id: string;
		readonly branch_id: string;
		readonly entry: string;
		readonly digest: string;
		readonly kind: string;
		readonly refs: readonly string[];
		readonly received_at: number;
		readonly disclosures: readonly { readonly name: string; readonly disclosure: string }[];
		/** The salted copy of the entry that its leaf commits to, when it is counted and not shown; else null. */
		readonly seal: string | null;
	},
): Promise<void> {
	const { disclosures, refs, ...columns } = row;
	await db('entries').insert({
		...{ ...columns, sealed: row.seal !== null, refs: [...refs] },
		texts: disclosures.map(({ name }) => name),
	});
	if (disclosures.length > 0) {
		await db('disclosures').insert(
			disclosures.map(({ name, disclosure }) => ({ entry_id: row.id, name, disclosure })),
		);
	}
	await db('chains')
		.where({ branch_id: row.branch_id })
		.update({ head: row.digest, length: db.raw('length + 1') });
}

/** Takes away the disclosures, salts and all, of those of these entries that are this branch's own. */
export async function withdraw(db: Db, branchId: string, ids: readonly string[], by: string): Promise<void> {
	const own = await db('entries').where({ branch_id: branchId }).whereIn('id', ids).pluck<string[]>('id');
	for (const table of ['disclosures', 'unsealed_texts']) {
		await db(table).whereIn('entry_id', own).delete();
	}
	await db('entries').whereIn('id', own).whereNull('withdrawn_by').update({ withdrawn_by: by });
}

/** The disclosures of an entry that were not withdrawn, as they were handed in. */
export async function disclosuresOf(
	db: Db,
	entryIds: readonly string[],
): Promise<{ entry_id: string; disclosure: string }[]> {
	return db('disclosures')
		.whereIn('entry_id', [...entryIds])
		.orderBy(['entry_id', 'name'])
		.select('entry_id', 'disclosure');
}

/** Published entries of a library that are shown, the newest first; statements, when no kinds are named. */
export async function publishedEntries(
	db: Db,
	libraryId: string,
	by: { readonly branchId?: string; readonly limit?: number; readonly kinds?: readonly string[] } = {},
): Promise<EntryRow[]> {
	const query = db('entries')
		.where({ library_id: libraryId, published: true, sealed: false })
		.whereIn('kind', [...(by.kinds ?? STATEMENT_KINDS)]);
	if (by.branchId !== undefined) query.where({ branch_id: by.branchId });
	if (by.limit !== undefined) query.limit(by.limit);
	return query
		.orderBy([
			{ column: 'log_year', order: 'desc' },
			{ column: 'log_index', order: 'desc' },
		])
		.select<EntryRow[]>([...COLUMNS]);
}

/** Published statements that are shown, by their ids. */
export async function entriesWith(db: Db, libraryId: string, ids: readonly string[]): Promise<EntryRow[]> {
	return db('entries')
		.where({ library_id: libraryId, published: true, sealed: false })
		.whereIn('kind', [...STATEMENT_KINDS])
		.whereIn('id', [...ids])
		.select<EntryRow[]>([...COLUMNS]);
}

/** How many published statements that are shown each branch of a library has, by its id. */
export async function countByBranch(db: Db, libraryId: string): Promise<Map<string, number>> {
	const rows = await db('entries')
		.where({ library_id: libraryId, published: true, sealed: false })
		.whereIn('kind', [...STATEMENT_KINDS])
		.groupBy('branch_id')
		.select<{ branch_id: string; count: string }[]>('branch_id', db.raw('count(*) as count'));
	return new Map(rows.map(({ branch_id, count }) => [branch_id, Number(count)]));
}

/** Published entries that are shown and name this one in their `refs`: what became of it. Statements, when no kinds are named. */
export async function entriesAbout(
	db: Db,
	libraryId: string,
	id: string,
	kinds: readonly string[] = STATEMENT_KINDS,
): Promise<EntryRow[]> {
	return db('entries')
		.where({ library_id: libraryId, published: true, sealed: false })
		.whereIn('kind', [...kinds])
		.whereRaw('refs @> array[?]::uuid[]', [id])
		.orderBy('seq')
		.select<EntryRow[]>([...COLUMNS]);
}
