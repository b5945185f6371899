import type { Database } from './database.ts';

/** The kinds of keys that an issuer signs with, the first for every client that does not ask for another. */
export const SIGNING_ALGS = ['RS256', 'ES256'] as const;
export type SigningAlg = (typeof SIGNING_ALGS)[number];

/** A key that signs ID tokens, sealed. Published from when it is there until `ends`; signs from `signs_from` until the next one does. */
export interface SigningKeyRow {
	readonly id: string;
	readonly library: string;
	readonly alg: SigningAlg;
	readonly sealed: string;
	readonly made: Date;
	readonly signs_from: Date;
	readonly ends: Date | null;
}

/** The keys of a library that are published at a moment, the oldest first. */
export async function signingKeysOf(
	database: Database,
	library: string,
	now: number,
): Promise<SigningKeyRow[]> {
	return database<SigningKeyRow>('signing_key')
		.where({ library })
		.where((which) => which.whereNull('ends').orWhere('ends', '>', new Date(now)))
		.orderBy([{ column: 'signs_from' }, { column: 'alg', order: 'desc' }, { column: 'id' }]);
}

/** The libraries whose newest key was made at this moment or before it. */
export async function librariesWithOldKeys(database: Database, made: number): Promise<string[]> {
	const rows: { library: string }[] = await database('signing_key')
		.select('library')
		.groupBy('library')
		.havingRaw('max(made) <= ?', [new Date(made)]);
	return rows.map(({ library }) => library);
}

/** Works on the keys of one library alone, also among several processes. */
export async function withKeysOf<T>(
	database: Database,
	library: string,
	work: (transaction: Database) => Promise<T>,
): Promise<T> {
	return database.transaction(async (transaction) => {
		await transaction.raw('select pg_advisory_xact_lock(hashtextextended(?, 3))', [library]);
		return work(transaction);
	});
}

/** Adds a key, and says when those of its kind that were there end. */
export async function addSigningKey(
	database: Database,
	row: Omit<SigningKeyRow, 'ends'>,
	othersEnd: Date,
): Promise<void> {
	await database('signing_key')
		.where({ library: row.library, alg: row.alg })
		.where((which) => which.whereNull('ends').orWhere('ends', '>', othersEnd))
		.update({ ends: othersEnd });
	await database('signing_key').insert(row);
}

/** Forgets keys that are published no more. */
export async function sweepSigningKeys(database: Database, now: number): Promise<void> {
	await database('signing_key').where('ends', '<=', new Date(now)).delete();
}
