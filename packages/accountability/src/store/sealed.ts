import type { Db } from './database.ts';

/** For each of these entries that is known, whether it is sealed. */
export async function sealedAmong(db: Db, ids: readonly string[]): Promise<boolean[]> {
	if (ids.length === 0) return [];
	return db('entries')
		.whereIn('id', [...ids])
		.pluck<boolean[]>('sealed');
}

/** Was anything sealed of what a branch did in a month (YYYY-MM)? */
export async function sealedInMonth(db: Db, branchId: string, month: string): Promise<boolean> {
	const row = await db('entries')
		.where({ branch_id: branchId, sealed: true })
		.whereRaw("substr(entry::jsonb->>'decided_on', 1, 7) = ?", [month])
		.first('id');
	return row !== undefined;
}

/** Sealed entries without a place that were accepted before a moment (UTC milliseconds). */
export async function sealedWaiting(db: Db, libraryId: string, before: number): Promise<string[]> {
	return db('entries')
		.where({ library_id: libraryId, sealed: true })
		.whereNull('log_index')
		.where('received_at', '<', before)
		.orderBy('seq')
		.pluck<string[]>('id');
}

/** Are there sealed entries of this library at all? */
export async function hasSealed(db: Db, libraryId: string): Promise<boolean> {
	const row = await db('entries').where({ library_id: libraryId, sealed: true }).first('id');
	return row !== undefined;
}

/** Every sealed entry that was accepted before a moment, with when it was. */
export async function sealedBefore(
	db: Db,
	libraryId: string,
	before: number,
): Promise<{ entry: string; received_at: number }[]> {
	const rows = await db('entries')
		.where({ library_id: libraryId, sealed: true })
		.where('received_at', '<', before)
		.orderBy('seq')
		.select<{ entry: string; received_at: string }[]>('entry', 'received_at');
	return rows.map((row) => ({ entry: row.entry, received_at: Number(row.received_at) }));
}

/** Was the batch of a month (YYYY-MM) made? */
export async function isMonthDone(db: Db, libraryId: string, month: string): Promise<boolean> {
	return (await db('sealed_months').where({ library_id: libraryId, month }).first('month')) !== undefined;
}

/** Gives places to a month's batch, entries and decoys in the order of `batch`, and marks the month. Call within a transaction. */
export async function placeBatch(
	db: Db,
	place: {
		readonly libraryId: string;
		readonly month: string;
		readonly year: number;
		readonly from: number;
		readonly publishedOn: string;
	},
	batch: readonly ({ readonly entry: string } | { readonly decoy: string })[],
): Promise<void> {
	const { libraryId, month, year, from, publishedOn } = place;
	for (const [i, one] of batch.entries()) {
		if ('entry' in one) {
			await db('entries')
				.where({ id: one.entry })
				.whereNull('log_index')
				.update({ log_year: year, log_index: from + i, published_on: publishedOn });
		} else {
			await db('decoys').insert({
				...{ library_id: libraryId, log_year: year, log_index: from + i, digest: one.decoy },
			});
		}
	}
	await db('sealed_months').insert({ library_id: libraryId, month });
}

/** The salted copies of what is sealed and stands in a log, in the order of the log, with the branch that each is of. */
export async function sealedCopies(
	db: Db,
	libraryId: string,
): Promise<{ branch_id: string; seal: string }[]> {
	return db('entries')
		.where({ library_id: libraryId, sealed: true, published: true })
		.orderBy(['log_year', 'log_index'])
		.select<{ branch_id: string; seal: string }[]>('branch_id', 'seal');
}
