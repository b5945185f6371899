import type { Database } from './database.ts';

/** How many wrong tries are passed on to the catalogue for one card, and in what time (library-sso.md 7.5: below the ILS's own lock). */
export const TRIES = 3;
export const WINDOW_MS = 15 * 60_000;

/** Wrong tries of a card in the running window. */
export async function failuresOf(
	database: Database,
	library: string,
	hash: string,
	now: number,
): Promise<number> {
	const row: { failures: number } | undefined = await database('attempt')
		.where({ library, hash })
		.where('until', '>', new Date(now))
		.first('failures');
	return row?.failures ?? 0;
}

/** Counts one more and returns the new count; a window that is over begins again. */
export async function countFailure(
	database: Database,
	library: string,
	hash: string,
	now: number,
): Promise<number> {
	const rows: { rows: { failures: number }[] } = await database.raw(
		`insert into attempt (library, hash, failures, until) values (?, ?, 1, ?)
		on conflict (library, hash) do update set
			failures = case when attempt.until > ? then attempt.failures + 1 else 1 end,
			until = case when attempt.until > ? then attempt.until else excluded.until end
		returning failures`,
		[library, hash, new Date(now + WINDOW_MS), new Date(now), new Date(now)],
	);
	return rows.rows[0]!.failures;
}

export async function forgetFailures(database: Database, library: string, hash: string): Promise<void> {
	await database('attempt').where({ library, hash }).delete();
}
