import type { SigningKeyFacts } from '@understory/core/signing-keys.ts';
import type { Database } from './database.ts';

/** The kinds of keys that an issuer signs with, the first for every client that does not ask for another. */
export const SIGNING_ALGS = ['RS256', 'ES256'] as const;
export type SigningAlg = (typeof SIGNING_ALGS)[number];

/** A key that signs ID tokens, sealed. Published from when it is there until `ends`; signs from `signs_from` until the next one does. */
export interface SigningKeyRow {
	readonly id: string;
	readonly library: string;
	readonly alg: SigningAlg;
	readonly kid: string;
	readonly sealed: string;
	readonly made: Date;
	readonly signs_from: Date;
	readonly ends: Date | null;
}

/** How long the line about a key that was withdrawn stays, in milliseconds. */
const WITHDRAWN_KEPT = 90 * 86_400_000;

/** The keys of a library that are published at a moment, the oldest first. */
export async function signingKeysOf(
	database: Database,
	library: string,
	now: number,
): Promise<SigningKeyRow[]> {
	return database<SigningKeyRow>('signing_key')
		.where({ library })
		.whereNull('withdrawn')
		.where((which) => which.whereNull('ends').orWhere('ends', '>', new Date(now)))
		.orderBy([{ column: 'signs_from' }, { column: 'alg', order: 'desc' }, { column: 'id' }]);
}

/** The libraries whose newest key was made at this moment or before it. */
export async function librariesWithOldKeys(database: Database, made: number): Promise<string[]> {
	const rows: { library: string }[] = await database('signing_key')
		.select('library')
		.whereNull('withdrawn')
		.groupBy('library')
		.havingRaw('max(made) <= ?', [new Date(made)]);
	return rows.map(({ library }) => library);
}

/** What is known of every library's keys, those that were withdrawn too, by library. */
export async function signingKeyFacts(
	database: Database,
): Promise<ReadonlyMap<string, readonly SigningKeyFacts[]>> {
	const rows: (Omit<SigningKeyRow, 'id' | 'sealed'> & { withdrawn: Date | null })[] = await database(
		'signing_key',
	)
		.select('library', 'alg', 'kid', 'made', 'signs_from', 'ends', 'withdrawn')
		.orderBy(['library', 'made', 'kid']);
	const byLibrary = Map.groupBy(rows, ({ library }) => library);
	return new Map(
		[...byLibrary].map(([library, keys]) => [
			library,
			keys.map(({ alg, kid, made, signs_from, ends, withdrawn }) => ({
				kid,
				alg,
				made: made.getTime(),
				signs_from: signs_from.getTime(),
				ends: ends?.getTime() ?? null,
				withdrawn: withdrawn?.getTime() ?? null,
			})),
		]),
	);
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
		.whereNull('withdrawn')
		.where((which) => which.whereNull('ends').orWhere('ends', '>', othersEnd))
		.update({ ends: othersEnd });
	await database('signing_key').insert(row);
}

/** Takes keys back: from now on they are published nowhere, and what they were made of is gone. */
export async function withdrawSigningKeys(
	database: Database,
	ids: readonly string[],
	now: number,
): Promise<void> {
	const moment = new Date(now);
	await database('signing_key')
		.whereIn('id', [...ids])
		.update({ withdrawn: moment, ends: moment, sealed: null });
}

/** Lets a key sign from another moment on, and be published until another one (null: until there is a next one). */
export async function changeSigningKey(
	database: Database,
	id: string,
	to: { readonly signs_from?: Date; readonly ends?: null },
): Promise<void> {
	await database('signing_key').where({ id }).update(to);
}

/** Forgets keys that are published no more, and withdrawn ones after 90 days. */
export async function sweepSigningKeys(database: Database, now: number): Promise<void> {
	await database('signing_key')
		.where((which) => which.whereNull('withdrawn').where('ends', '<=', new Date(now)))
		.orWhere('withdrawn', '<=', new Date(now - WITHDRAWN_KEPT))
		.delete();
}
