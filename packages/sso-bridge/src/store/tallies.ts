import type { SignInAlert, SignInAlertKind } from '@understory/core/sign-in-alerts.ts';
import type { Database } from './database.ts';
import { RELAXED } from './relaxed.ts';

/** The key of a day, sealed; undefined when there is none yet. */
export async function dayKey(
	database: Database,
	{ library, day }: { library: string; day: string },
): Promise<string | undefined> {
	const row: { sealed: string } | undefined = await database('day_key')
		.where({ library, day })
		.first('sealed');
	return row?.sealed;
}

/** Keeps the key of a day unless there is one, and returns the one that is kept. */
export async function keepDayKey(
	database: Database,
	{ library, day, sealed }: { library: string; day: string; sealed: string },
): Promise<string> {
	const { rows }: { rows: { sealed: string }[] } = await database.raw(
		`insert into day_key (library, day, sealed) values (?, ?, ?)
		on conflict (library, day) do update set day = excluded.day returning sealed`,
		[library, day, sealed],
	);
	return rows[0]!.sealed;
}

/** How sign-in went at a library lately: how often it was right, and with how many cards it was wrong. */
export interface Tally {
	readonly right: number;
	readonly wrongCards: number;
}

/** Counts one more, and returns this quarter of an hour and the one before together. One statement. */
export async function count(
	database: Database,
	{ library, now, quarter, of }: { library: string; now: number; quarter: number; of: keyof Tally },
): Promise<Tally> {
	const bucket = Math.floor(now / quarter);
	const { rows }: { rows: { right: string; wrong_cards: string }[] } = await database.raw(
		`with counted as (
			insert into tally (library, bucket, right_ones, wrong_cards) values (:library, :bucket, :right, :wrong)
			on conflict (library, bucket) do update set
				right_ones = tally.right_ones + excluded.right_ones, wrong_cards = tally.wrong_cards + excluded.wrong_cards
			returning right_ones, wrong_cards, ${RELAXED}
		), before as (
			select right_ones, wrong_cards, null from tally where library = :library and bucket = :bucket - 1
		)
		select sum(right_ones) as right, sum(wrong_cards) as wrong_cards
			from (select * from counted union all select * from before) both_of_them`,
		{ library, bucket, right: of === 'right' ? 1 : 0, wrong: of === 'wrongCards' ? 1 : 0 },
	);
	return { right: Number(rows[0]!.right), wrongCards: Number(rows[0]!.wrong_cards) };
}

/** This quarter of an hour and the one before. */
export async function tallyOf(
	database: Database,
	{ library, now, quarter }: { library: string; now: number; quarter: number },
): Promise<Tally> {
	const bucket = Math.floor(now / quarter);
	const rows: { right_ones: number; wrong_cards: number }[] = await database('tally')
		.where({ library })
		.whereIn('bucket', [bucket, bucket - 1])
		.select('right_ones', 'wrong_cards');
	return {
		right: rows.reduce((sum, row) => sum + row.right_ones, 0),
		wrongCards: rows.reduce((sum, row) => sum + row.wrong_cards, 0),
	};
}

/** Writes down that something is so now. True when it was not so a while ago, and somebody should be told. */
export async function raiseAlert(
	database: Database,
	{ library, kind, now, quiet }: { library: string; kind: SignInAlertKind; now: number; quiet: number },
): Promise<boolean> {
	const moment = new Date(now);
	const { rows }: { rows: { fresh: boolean }[] } = await database.raw(
		`insert into alert (library, kind, since, last, times) values (:library, :kind, :moment, :moment, 1)
		on conflict (library, kind) do update set
			since = case when alert.last < :quiet then excluded.since else alert.since end,
			times = case when alert.last < :quiet then 1 else alert.times + 1 end,
			last = excluded.last
		returning times = 1 as fresh`,
		{ library, kind, moment, quiet: new Date(now - quiet) },
	);
	return rows[0]!.fresh;
}

/** What staff should know of a library, of the last while. */
export async function alertsOf(database: Database, library: string, after: number): Promise<SignInAlert[]> {
	return (await recentAlerts(database, after, { library })).get(library) ?? [];
}

/** The same of every library, or of one. */
export async function recentAlerts(
	database: Database,
	after: number,
	of: { readonly library?: string } = {},
): Promise<ReadonlyMap<string, SignInAlert[]>> {
	const rows: { library: string; kind: SignInAlertKind; since: Date; last: Date }[] = await database('alert')
		.where(of)
		.where('last', '>', new Date(after))
		.orderBy('last', 'desc')
		.select('library', 'kind', 'since', 'last');
	const shown = rows.map(({ library, kind, since, last }) => ({
		library,
		alert: { kind, since: since.getTime(), last: last.getTime() },
	}));
	const byLibrary = Map.groupBy(shown, ({ library }) => library);
	return new Map([...byLibrary].map(([library, them]) => [library, them.map(({ alert }) => alert)]));
}

/** Deletes counts, and keys of days, that are over. */
export async function sweepTallies(
	database: Database,
	{ now, quarter }: { now: number; quarter: number },
): Promise<void> {
	await database('tally')
		.where('bucket', '<', Math.floor(now / quarter) - 1)
		.delete();
	// A day's addresses are forgotten when the next day begins; what was counted in its last minutes is worth nothing then.
	await database('day_key').where('day', '<', new Date(now).toISOString().slice(0, 10)).delete();
}
