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
	| 'elsewhere'
	| 'elsewhere_and_passkey';

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
	/** Until when a day pass opens everything; null for every other way. */
	good_until: Date | null;
	browser: string | null;
	new_browser: boolean;
	told: boolean;
	ended: boolean;
}

/** How long it is remembered that somebody came in. */
export const KEPT_DAYS = 90;

/** What there may be to say to somebody who just came in. */
export interface AtSignIn {
	/** Is there a sign-in from a new browser that was not told yet? `takeUntold` says which are to be told here. */
	readonly untold: boolean;
	/** When a desk was asked to delete them, UTC milliseconds; null when it was not. */
	readonly leaving: number | null;
}

/**
 * Writes a sign-in down; it is from a new browser when the account was there before, and never in this one. All shared computers count as one. Says by the same
 * statement what there may be to say.
 */
export async function addSignIn(
	database: Database,
	row: Omit<SignInRow, 'new_browser' | 'told' | 'ended'>,
): Promise<AtSignIn> {
	const { rows }: { rows: { untold: boolean; due: Date | null }[] } = await database.raw(
		`insert into sign_in (id, library, account, day, device, way, standing, good_until, browser, new_browser)
		select :id, :library, :account, :day, :device, :way, :standing, :good_until::timestamptz, :browser::text,
			exists (select 1 from sign_in where account = :account)
			and not exists (
				select 1 from sign_in where account = :account and browser is not distinct from :browser::text
			)
		returning (select due from erasure where erasure.account = :account) as due,
			exists (select 1 from sign_in where account = :account and new_browser and not told) as untold`,
		{ ...row },
	);
	const { untold, due } = rows[0]!;
	return { untold, leaving: due?.getTime() ?? null };
}

export async function signInById(database: Database, id: string): Promise<SignInRow | undefined> {
	return database<SignInRow>('sign_in').where({ id }).first();
}

/** The sign-ins of an account, the newest first. */
export async function signInsOf(database: Database, account: string): Promise<SignInRow[]> {
	return database<SignInRow>('sign_in')
		.where({ account })
		.orderBy('number', 'desc')
		.select('*', database.raw("to_char(day, 'YYYY-MM-DD') as day"));
}

/** Did somebody sign in to this account in this browser before? */
export async function isKnownBrowser(database: Database, account: string, browser: string): Promise<boolean> {
	return (await database('sign_in').where({ account, browser }).first('id')) !== undefined;
}

/**
 * Marks a sign-in as ended, and the others in the same browser, since one who signs in again goes on with the same session. Returns which; none when it
 * is not of this account. What came out of them is for the caller to end.
 */
export async function markEnded(database: Database, account: string, id: string): Promise<string[]> {
	const browser = database('sign_in').select('browser').where({ account, id });
	const rows: { id: string }[] = await database('sign_in')
		.where({ account })
		.where((which) => which.where({ id }).orWhere('browser', browser))
		.update({ ended: true })
		.returning('id');
	return rows.map((row) => row.id);
}

/**
 * Sign-ins in browsers that were new, to be told now; each is told once, and only in a browser that was known before it, since whoever came in with a
 * stolen card would else be the one to read it. `now` is the sign-in it is told at.
 */
export async function takeUntold(database: Database, account: string, now: string): Promise<SignInRow[]> {
	const here = database('sign_in as here').select('here.browser').where('here.id', now);
	const before = database('sign_in as before')
		.where('before.account', account)
		.where('before.browser', here)
		.whereRaw('before.number < sign_in.number');
	const rows = await database<SignInRow>('sign_in')
		.where({ account, new_browser: true, told: false })
		.whereExists(before.select(database.raw('1')))
		.update({ told: true })
		.returning(['id', 'way', 'device', database.raw("to_char(day, 'YYYY-MM-DD') as day")]);
	return rows as SignInRow[];
}

/** Forgets sign-ins that are older than 90 days. `today` is the platform's, in UTC. */
export async function sweepSignIns(database: Database, now: number): Promise<void> {
	const oldest = new Date(now - KEPT_DAYS * 86_400_000).toISOString().slice(0, 10);
	await database('sign_in').where('day', '<', oldest).delete();
}
