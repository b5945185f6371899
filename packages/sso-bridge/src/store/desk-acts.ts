import type { Database } from './database.ts';

/** What somebody at a desk did. */
export const DESK_ACTS = [
	'porch_code',
	'card_code',
	'day_pass',
	'erasure',
	'restriction_proposed',
	'restriction_confirmed',
	'restriction_lifted',
] as const;
export type DeskAct = (typeof DESK_ACTS)[number];

export interface DeskActRow {
	/** YYYY-MM-DD on the library's wall. */
	readonly day: string;
	/** A staff id. */
	readonly staff: string;
	readonly act: DeskAct;
	readonly times: number;
}

/** How long it is known what was done at desks: a year, as every audit (reference/library-sso.md 7.3). */
const KEPT_DAYS = 365;

/**
 * Writes down that a clerk does something once more today, without for whom and at what hour. False, and nothing is written, when they did it as often as a
 * day allows. One statement, so that two windows of one clerk count together.
 */
export async function countAct(
	database: Database,
	row: { library: string; day: string; staff: string; act: DeskAct; atMost: number },
): Promise<boolean> {
	const { rowCount }: { rowCount: number } = await database.raw(
		`insert into desk_act (library, day, staff, act, times) values (:library, :day, :staff, :act, 1)
		on conflict (library, day, staff, act) do update set times = desk_act.times + 1 where desk_act.times < :atMost`,
		{ ...row },
	);
	return rowCount === 1;
}

/** What was done at the desks of a library since a day, the newest first. */
export async function actsSince(database: Database, library: string, day: string): Promise<DeskActRow[]> {
	return database('desk_act')
		.where({ library })
		.where('day', '>=', day)
		.orderBy([{ column: 'day', order: 'desc' }, 'staff', 'act'])
		.select('staff', 'act', 'times', database.raw("to_char(day, 'YYYY-MM-DD') as day"));
}

/** Forgets what is older than a year. */
export async function sweepActs(database: Database, now: number): Promise<void> {
	const oldest = new Date(now - KEPT_DAYS * 86_400_000).toISOString().slice(0, 10);
	await database('desk_act').where('day', '<', oldest).delete();
}
