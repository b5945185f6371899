import type { Database } from './database.ts';
import { leaveLinks } from './restricted-people.ts';

/**
 * Deletes an account with all its links, codes, passkeys and sign-ins. What stays are the tombstones of handles it chose at other servers: keyed hashes of
 * what is never given out again; and the cards and ids of a restriction until that is over. False when it was gone already.
 */
export async function eraseAccount(database: Database, library: string, account: string): Promise<boolean> {
	return database.transaction(async (transaction) => {
		await endOpenId(transaction, library, account);
		await leaveLinks(transaction, library, account);
		return (await transaction('account').where({ library, id: account }).delete()) === 1;
	});
}

/** Everything the issuer keeps of somebody: sessions, grants, codes, tokens. */
async function endOpenId(transaction: Database, library: string, account: string): Promise<void> {
	await transaction('oidc').where({ library }).whereRaw("payload->>'accountId' = ?", [account]).delete();
}

/**
 * Deletes what is still hashed under a key older than `version`, and accounts that nobody can reach any more: without a card, an id, a code or a passkey.
 * Returns how many links went.
 */
export async function purgeOldLinks(database: Database, version: number): Promise<number> {
	return database.transaction(async (transaction) => {
		const gone = await transaction('identity').where('key_version', '<', version).delete();
		await transaction('restricted_link').where('key_version', '<', version).delete();
		if (gone > 0) {
			await transaction.raw(
				`delete from account where not exists (select 1 from identity where identity.account = account.id)
				and not exists (select 1 from recovery_code where recovery_code.account = account.id)
				and not exists (select 1 from passkey where passkey.account = account.id)`,
			);
		}
		return gone;
	});
}
