import { dateIn, momentIn } from '@understory/core/calendar.ts';
import { BadInput, NotAllowed } from '@understory/core/errors.ts';
import type { BranchContext } from '../../context.ts';
import { openAppeals } from '../../store/appeals.ts';
import { closedSince, countOpen } from '../../store/matters.ts';
import { joinedSince } from '../../store/people.ts';
import { readSetting, writeSetting } from '../../store/settings.ts';
import type { Reading } from '../../store/store.ts';

const WEEK = 7 * 24 * 60 * 60_000;
/** How many new people a day are welcomed while too much waits. */
export const SLOW_WELCOME = 3;
/** What a host can choose from: so many late matters are too many; `null` never slows anything. */
export const PACES: readonly (number | null)[] = [3, 10, 25, null];
const USUAL = 10;

/** What waits, and what the last seven days took. The measure of a branch is its hosts' hours. */
export interface Workload {
	readonly open: number;
	readonly late: number;
	/** Since when the oldest waits; null when nothing does. */
	readonly oldest: number | null;
	readonly appeals: number;
	/** Matters closed in the last seven days, and how long the staff had them before them, in milliseconds. */
	readonly closed: number;
	readonly spent: number;
}

/** Counts it. */
export function workload({ clock }: Pick<BranchContext, 'clock'>, reading: Reading): Workload {
	const now = clock.now();
	return {
		...countOpen(reading, now),
		appeals: openAppeals(reading).length,
		...closedSince(reading, now - WEEK),
	};
}

/** How many late matters are too many here; null when newcomers are never slowed. */
export function paceOf(reading: Reading): number | null {
	const kept = readSetting<{ late: number | null }>(reading, 'pace');
	return kept ? kept.late : USUAL;
}

/** A host says how many are too many. Throws NotAllowed, BadInput `pace`. */
export function setPace(context: BranchContext, staffId: string, late: number | null): void {
	if (!context.current.mayDecide(staffId)) {
		throw new NotAllowed('Only the hosts of this branch decide how fast it grows.', 'not_a_host');
	}
	if (!PACES.includes(late)) throw new BadInput('Choose one of these.', [{ field: 'late', text: 'pace' }]);
	context.store.transact((writing) => writeSetting(writing, 'pace', { late }));
}

/** Is more late than the hosts can bear, so that newcomers are welcomed slowly? */
export function isTooMuch({ clock }: Pick<BranchContext, 'clock'>, reading: Reading): boolean {
	const most = paceOf(reading);
	return most !== null && countOpen(reading, clock.now()).late >= most;
}

/** May one more newcomer come in today? */
export function hasRoomToday(context: Pick<BranchContext, 'clock' | 'current'>, reading: Reading): boolean {
	return !isTooMuch(context, reading) || joinedToday(context, reading) < SLOW_WELCOME;
}

/** How many people joined since midnight at the library. */
export function joinedToday(
	{ clock, current }: Pick<BranchContext, 'clock' | 'current'>,
	reading: Reading,
): number {
	const { zone } = current.library();
	return joinedSince(reading, momentIn(zone, dateIn(zone, clock.now()), '00:00')!);
}
