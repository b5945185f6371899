import type { Database } from './database.ts';

/**
 * Deletes an account with all its links, codes and sign-ins. What stays are tombstones: keyed hashes of what may never be given out again. False when
 * it was gone already.
 */
export async function eraseAccount(
	database: Database,
	{ library, account, tombstones }: { library: string; account: string; tombstones: readonly string[] },
): Promise<boolean> {
	return database.transaction(async (transaction) => {
		const rows = tombstones.map((hash) => ({ library, hash }));
		if (rows.length > 0) await transaction('tombstone').insert(rows).onConflict(['library', 'hash']).ignore();
		await endOpenId(transaction, library, account);
		return (await transaction('account').where({ library, id: account }).delete()) === 1;
	});
}

/** Everything the issuer keeps of somebody: sessions, grants, codes, tokens. */
async function endOpenId(transaction: Database, library: string, account: string): Promise<void> {
	await transaction('oidc').where({ library }).whereRaw("payload->>'accountId' = ?", [account]).delete();
}

/** Was this given out once, and is its owner gone? */
export async function hasTombstone(database: Database, library: string, hash: string): Promise<boolean> {
	return (await database('tombstone').where({ library, hash }).first('hash')) !== undefined;
}

/**
 * Deletes what is still hashed under a key older than `version`, and accounts that nobody can reach any more: without a card, an id or a code.
 * Returns how many links went.
 */
export async function purgeOldLinks(database: Database, version: number): Promise<number> {
	return database.transaction(async (transaction) => {
		const gone = await transaction('identity').where('key_version', '<', version).delete();
		if (gone > 0) {
			await transaction.raw(
				`delete from account where not exists (select 1 from identity where identity.account = account.id)
				and not exists (select 1 from recovery_code where recovery_code.account = account.id)`,
			);
		}
		return gone;
	});
}
