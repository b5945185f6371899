import type { AgeBand, Standing } from '@understory/core/claims.ts';
import type { Database } from './database.ts';

export interface AccountRow {
	id: string;
	library: string;
	age_band: AgeBand;
	standing: Standing;
	staff_id: string | null;
}

/** What a sign-in that succeeded tells about somebody; hashes only. */
export interface Known {
	readonly library: string;
	/** In the order in which they are believed: the ILS's own id before the card, since cards are replaced and reassigned. */
	readonly identities: readonly { readonly kind: string; readonly hash: string }[];
	readonly keyVersion: number;
	readonly ageBand: AgeBand;
	readonly standing: Standing;
	/** YYYY-MM. */
	readonly month: string;
	readonly freshId: string;
}

/** The account of a card: found by what is known, else made. A replaced card is attached to the account of its ILS id (library-sso.md 7.4). */
export async function accountFor(database: Database, known: Known): Promise<AccountRow> {
	return database.transaction(async (transaction) => {
		const first = known.identities[0]!;
		await transaction.raw('select pg_advisory_xact_lock(hashtextextended(?, 1))', [
			`${known.library}${first.hash}`,
		]);
		let id: string | undefined;
		for (const { kind, hash } of known.identities) {
			const row: { account: string } | undefined = await transaction('identity')
				.where({ library: known.library, kind, hash })
				.first('account');
			id ??= row?.account;
		}
		const told = { age_band: known.ageBand, standing: known.standing, seen_month: known.month };
		if (id === undefined) {
			id = known.freshId;
			await transaction('account').insert({
				id,
				library: known.library,
				...told,
				created_month: known.month,
			});
		} else await transaction('account').where({ id }).update(told);
		await transaction('identity')
			.insert(
				known.identities.map((one) => ({
					...one,
					library: known.library,
					key_version: known.keyVersion,
					account: id,
				})),
			)
			.onConflict(['library', 'kind', 'hash'])
			.merge(['account', 'key_version']);
		return (await accountById(transaction, known.library, id))!;
	});
}

export async function accountById(
	database: Database,
	library: string,
	id: string,
): Promise<AccountRow | undefined> {
	return database<AccountRow>('account').where({ library, id }).first();
}

/** The staff id of an account, made the first time it is needed. */
export async function staffIdOf(database: Database, account: AccountRow, fresh: string): Promise<string> {
	await database('account').where({ id: account.id }).whereNull('staff_id').update({ staff_id: fresh });
	const row = await accountById(database, account.library, account.id);
	return row!.staff_id!;
}
