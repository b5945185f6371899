import type { AgeBand, Standing } from '@understory/core/claims.ts';
import type { Database } from './database.ts';

export interface AccountRow {
	id: string;
	library: string;
	age_band: AgeBand;
	standing: Standing;
	staff_id: string | null;
	/** A staff id that was offered with an invitation and not yet granted anything. */
	staff_candidate: string | null;
}

/** What a sign-in that succeeded tells about somebody; hashes, a band and a month only. */
export interface Known {
	readonly library: string;
	readonly card: string;
	/** Null where the catalogue gives none. */
	readonly ilsId: string | null;
	readonly keyVersion: number;
	readonly ageBand: AgeBand;
	readonly standing: Standing;
	/** YYYY-MM. */
	readonly month: string;
	readonly freshId: string;
}

/**
 * The account of a card: found by the catalogue's own id, else by the card, else made (reference/library-sso.md 7.4). A new card of a known
 * person is attached to their account. A known card whose holder the catalogue now calls by another id belongs to somebody else: nobody is let
 * into the account of the one before, and staff have to look.
 */
export async function accountFor(database: Database, known: Known): Promise<AccountRow | 'another_holder'> {
	return database.transaction(async (transaction) => {
		const lock = `${known.library}${known.card}`;
		await transaction.raw('select pg_advisory_xact_lock(hashtextextended(?, 1))', [lock]);
		if (known.ilsId) {
			const second = `${known.library}${known.ilsId}`;
			await transaction.raw('select pg_advisory_xact_lock(hashtextextended(?, 2))', [second]);
		}
		const byIlsId = known.ilsId ? await holder(transaction, known.library, 'ils_id', known.ilsId) : undefined;
		const byCard = byIlsId ? undefined : await holder(transaction, known.library, 'card', known.card);
		if (byCard && known.ilsId && (await hasIlsId(transaction, known.library, byCard)))
			return 'another_holder';
		const id = byIlsId ?? byCard ?? known.freshId;
		const told = { age_band: known.ageBand, standing: known.standing, seen_month: known.month };
		await transaction('account')
			.insert({ id, library: known.library, ...told, created_month: known.month })
			.onConflict('id')
			.merge(['age_band', 'standing', 'seen_month']);
		await link(transaction, known, 'card', known.card, id);
		if (known.ilsId) await link(transaction, known, 'ils_id', known.ilsId, id);
		return (await accountById(transaction, known.library, id))!;
	});
}

async function holder(
	database: Database,
	library: string,
	kind: string,
	hash: string,
): Promise<string | undefined> {
	const row: { account: string } | undefined = await database('identity')
		.where({ library, kind, hash })
		.first('account');
	return row?.account;
}

async function hasIlsId(database: Database, library: string, account: string): Promise<boolean> {
	return (await database('identity').where({ library, kind: 'ils_id', account }).first('hash')) !== undefined;
}

async function link(
	database: Database,
	known: Known,
	kind: string,
	hash: string,
	account: string,
): Promise<void> {
	await database('identity')
		.insert({ library: known.library, kind, hash, key_version: known.keyVersion, account })
		.onConflict(['library', 'kind', 'hash'])
		.merge(['account', 'key_version']);
}

export async function accountById(
	database: Database,
	library: string,
	id: string,
): Promise<AccountRow | undefined> {
	return database<AccountRow>('account').where({ library, id }).first();
}

/**
 * The staff id to offer with an invitation: the one somebody has, else one that is kept for them. It becomes a claim only after it was granted
 * something, so that nobody gets a name that is the same at every branch by opening a page.
 */
export async function staffCandidate(
	database: Database,
	account: AccountRow,
	fresh: string,
): Promise<string> {
	const { id, library } = account;
	await database('account').where({ id }).whereNull('staff_candidate').update({ staff_candidate: fresh });
	const row = await accountById(database, library, id);
	return row!.staff_id ?? row!.staff_candidate!;
}

/** From now on they are staff of this library. */
export async function confirmStaff(database: Database, account: AccountRow, staffId: string): Promise<void> {
	await database('account').where({ id: account.id }).update({ staff_id: staffId });
}
