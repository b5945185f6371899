import { type Budget, DAY_MS, QUARTER_MS } from '../guessing/budget.ts';
import type { Database } from './database.ts';
import { RELAXED } from './relaxed.ts';

/** How long a wrong card and PIN are known to be wrong without asking again. */
export const MEMORY_MS = 5 * 60_000;

/** A keyed hash of a card, of a card and a PIN, or of where somebody came from, at one moment (UTC milliseconds). */
export interface About {
	readonly library: string;
	readonly hash: string;
	readonly now: number;
}

/**
 * Takes one of the tries of a card, unless this card and PIN (`pair`; null where nobody asks for that) are known to be wrong; returns how many of this quarter of an hour are used now, or null
 * when none was taken. One statement, so that no two take the same.
 */
export async function takeTry(
	database: Database,
	{ library, hash, pair, now }: About & { readonly pair: string | null },
	budget: Budget,
): Promise<number | null> {
	const { rows }: { rows: { failures: number }[] } = await database.raw(
		`insert into attempt (library, hash, failures, until, day_failures, day_until)
			select :library, :hash, 1, :quarter::timestamptz, 1, :day::timestamptz
			where not exists (select 1 from attempt where library = :library and hash = :pair and until > :now)
		on conflict (library, hash) do update set
			failures = case when attempt.until > :now then attempt.failures + 1 else 1 end,
			until = case when attempt.until > :now then attempt.until else excluded.until end,
			day_failures = case when attempt.day_until > :now then attempt.day_failures + 1 else 1 end,
			day_until = case when attempt.day_until > :now then attempt.day_until else excluded.day_until end
		where (attempt.until <= :now or attempt.failures < :most)
			and (attempt.day_until is null or attempt.day_until <= :now or attempt.day_failures < :mostOfDay)
		returning failures, ${RELAXED}`,
		{
			library,
			hash,
			pair,
			now: new Date(now),
			quarter: new Date(now + QUARTER_MS),
			day: new Date(now + DAY_MS),
			most: budget.quarter,
			mostOfDay: budget.day,
		},
	);
	return rows[0]?.failures ?? null;
}

/** Puts a try back that turned out to be none. */
export async function giveBackTry(database: Database, { library, hash }: About): Promise<void> {
	await database('attempt')
		.where({ library, hash })
		.update({
			failures: database.raw('greatest(failures - 1, 0)'),
			day_failures: database.raw('greatest(day_failures - 1, 0)'),
		});
}

/** A right PIN ends the count, as it does in the catalogue, and what else was counted under these hashes. */
export async function forgetTries(
	database: Database,
	{ library, hashes }: { library: string; hashes: readonly string[] },
): Promise<void> {
	await database('attempt')
		.where({ library })
		.whereIn('hash', hashes)
		.delete()
		.returning(database.raw(RELAXED));
}

/** Remembers for five minutes that this card and PIN are wrong. */
export async function rememberWrong(database: Database, about: About): Promise<void> {
	await remember(database, about, MEMORY_MS);
}

export async function isKnownWrong(database: Database, about: About): Promise<boolean> {
	return (await running(database, about)) > 0;
}

/** Counts one more of something that is forgotten a quarter of an hour after it began. Returns how many there are. One statement. */
export async function countOne(database: Database, { library, hash, now }: About): Promise<number> {
	const { rows }: { rows: { failures: number }[] } = await database.raw(
		`insert into attempt (library, hash, failures, until) values (:library, :hash, 1, :until)
		on conflict (library, hash) do update set
			failures = case when attempt.until > :now then attempt.failures + 1 else 1 end,
			until = case when attempt.until > :now then attempt.until else excluded.until end
		returning failures`,
		{ library, hash, now: new Date(now), until: new Date(now + QUARTER_MS) },
	);
	return rows[0]!.failures;
}

/** How many of it there are now. */
export async function running(database: Database, { library, hash, now }: About): Promise<number> {
	const row: { failures: number } | undefined = await database('attempt')
		.where({ library, hash })
		.where('until', '>', new Date(now))
		.first('failures');
	return row?.failures ?? 0;
}

/** Uses something up for so long, in milliseconds; true for the one of many at the same moment that did. */
export async function useOnce(
	database: Database,
	{ library, hash, now }: About,
	life: number,
): Promise<boolean> {
	const rows: unknown[] = await database('attempt')
		.insert({ library, hash, failures: 1, until: new Date(now + life) })
		.onConflict(['library', 'hash'])
		.merge(['until'])
		.where('attempt.until', '<=', new Date(now))
		.returning('hash');
	return rows.length === 1;
}

async function remember(database: Database, { library, hash, now }: About, life: number): Promise<void> {
	await database('attempt')
		.insert({ library, hash, failures: 1, until: new Date(now + life) })
		.onConflict(['library', 'hash'])
		.merge(['until']);
}

/** Deletes what is over. */
export async function sweepAttempts(database: Database, now: number): Promise<void> {
	await database('attempt')
		.whereRaw('greatest(until, day_until) < ?', [new Date(now)])
		.delete();
}
