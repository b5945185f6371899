import type { Standing } from '@understory/core/claims.ts';
import type { Database } from './database.ts';

/** How somebody proved who they are. */
export type Way =
	| 'card'
	| 'card_and_passkey'
	| 'passkey'
	| 'recovery_code'
	| 'desk_code'
	| 'day_pass'
	| 'elsewhere';

/** What they came with, as far as their browser says. */
export type Device = 'phone' | 'tablet' | 'computer' | 'shared' | 'other';

export interface SignInRow {
	id: string;
	library: string;
	account: string;
	/** YYYY-MM-DD on the library's wall. */
	day: string;
	device: Device;
	way: Way;
	/** How far this sign-in goes at most, whatever the account may. */
	standing: Standing;
	browser: string | null;
	new_browser: boolean;
	told: boolean;
	ended: boolean;
}

/** How long it is remembered that somebody came in. */
export const KEPT_DAYS = 90;

/** Writes a sign-in down; it is from a new browser when the account was there before, and never in this one. */
export async function addSignIn(
	database: Database,
	row: Omit<SignInRow, 'new_browser' | 'told' | 'ended'>,
): Promise<void> {
	await database.raw(
		`insert into sign_in (id, library, account, day, device, way, standing, browser, new_browser)
		select :id, :library, :account, :day, :device, :way, :standing, :browser::text,
			exists (select 1 from sign_in where account = :account)
			and not exists (select 1 from sign_in where account = :account and browser = :browser::text)`,
		{ ...row },
	);
}

export async function signInById(database: Database, id: string): Promise<SignInRow | undefined> {
	return database<SignInRow>('sign_in').where({ id }).first();
}

/** The sign-ins of an account, the newest first. */
export async function signInsOf(database: Database, account: string): Promise<SignInRow[]> {
	return database<SignInRow>('sign_in')
		.where({ account })
		.orderBy([{ column: 'day', order: 'desc' }, { column: 'id' }])
		.select('*', database.raw("to_char(day, 'YYYY-MM-DD') as day"));
}

/** Did somebody sign in to this account in this browser before? */
export async function isKnownBrowser(database: Database, account: string, browser: string): Promise<boolean> {
	return (await database('sign_in').where({ account, browser }).first('id')) !== undefined;
}

/** Marks a sign-in as ended; false when it is not of this account. What came out of it is for the caller to end. */
export async function markEnded(database: Database, account: string, id: string): Promise<boolean> {
	return (await database('sign_in').where({ account, id }).update({ ended: true })) === 1;
}

/** Sign-ins in browsers that were new, of which this account's owner has not been told; from now on they have. */
export async function takeUntold(database: Database, account: string, but: string): Promise<SignInRow[]> {
	const rows = await database<SignInRow>('sign_in')
		.where({ account, new_browser: true, told: false })
		.whereNot({ id: but })
		.update({ told: true })
		.returning(['id', 'way', 'device', database.raw("to_char(day, 'YYYY-MM-DD') as day")]);
	return rows as SignInRow[];
}

/** Forgets sign-ins that are older than 90 days. `today` is the platform's, in UTC. */
export async function sweepSignIns(database: Database, now: number): Promise<void> {
	const oldest = new Date(now - KEPT_DAYS * 86_400_000).toISOString().slice(0, 10);
	await database('sign_in').where('day', '<', oldest).delete();
}
