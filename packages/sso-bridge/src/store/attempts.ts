import type { Database } from './database.ts';

/** How many wrong tries are passed on to the catalogue for one card, and in what time (reference/library-sso.md 7.5: below the ILS's own lock). */
export const TRIES = 3;
export const WINDOW_MS = 15 * 60_000;
/** How long a wrong card and PIN are known to be wrong without asking again. */
export const MEMORY_MS = 5 * 60_000;

/** A keyed hash of a card, or of a card and a PIN, at one moment (UTC milliseconds). */
export interface About {
	readonly library: string;
	readonly hash: string;
	readonly now: number;
}

/** Takes one of the tries of a card; returns how many are used now, or null when none was left. One statement, so that no two take the same. */
export async function takeTry(database: Database, { library, hash, now }: About): Promise<number | null> {
	const moment = new Date(now);
	const { rows }: { rows: { failures: number }[] } = await database.raw(
		`insert into attempt (library, hash, failures, until) values (?, ?, 1, ?)
		on conflict (library, hash) do update set
			failures = case when attempt.until > ? then attempt.failures + 1 else 1 end,
			until = case when attempt.until > ? then attempt.until else excluded.until end
		where attempt.until <= ? or attempt.failures < ?
		returning failures`,
		[library, hash, new Date(now + WINDOW_MS), moment, moment, moment, TRIES],
	);
	return rows[0]?.failures ?? null;
}

/** Puts a try back that turned out to be none. */
export async function giveBackTry(database: Database, { library, hash }: About): Promise<void> {
	await database('attempt').where({ library, hash }).where('failures', '>', 0).decrement('failures', 1);
}

/** A right PIN ends the count. */
export async function forgetTries(database: Database, { library, hash }: About): Promise<void> {
	await database('attempt').where({ library, hash }).delete();
}

/** How many tries of the running window are used. */
export async function triesOf(database: Database, about: About): Promise<number> {
	const row = await running(database, about);
	return Math.min(TRIES, row?.failures ?? 0);
}

export async function rememberWrong(database: Database, { library, hash, now }: About): Promise<void> {
	await database('attempt')
		.insert({ library, hash, failures: 1, until: new Date(now + MEMORY_MS) })
		.onConflict(['library', 'hash'])
		.merge(['until']);
}

export async function isKnownWrong(database: Database, about: About): Promise<boolean> {
	return (await running(database, about)) !== undefined;
}

async function running(
	database: Database,
	{ library, hash, now }: About,
): Promise<{ failures: number } | undefined> {
	return database('attempt').where({ library, hash }).where('until', '>', new Date(now)).first('failures');
}
