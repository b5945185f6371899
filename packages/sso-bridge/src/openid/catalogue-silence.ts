import { lastVouchedWeek } from '../store/accounts.ts';
import type { Database } from '../store/database.ts';

const DAY = 86_400_000;
/** For how long the time in which a library's catalogue answers for nobody does not count against anybody, in days. */
export const FORBEARANCE_DAYS = 14;

/**
 * The moment by which it is judged whether what a catalogue said is too old: now, or, while the catalogue has answered for nobody at all, the end of the week
 * in which it last did, at most two weeks ago. So a dead catalogue locks nobody out whose time to show their card again comes while it is dead. Goes by what is
 * kept anyway, the weeks of accounts; nothing is written down for it.
 */
export async function judgedAt(database: Database, library: string, now: number): Promise<number> {
	const week = await lastVouchedWeek(database, library);
	if (week === null) return now;
	const answered = Date.parse(`${week}T00:00:00Z`) + 7 * DAY;
	return Math.min(now, Math.max(answered, now - FORBEARANCE_DAYS * DAY));
}
