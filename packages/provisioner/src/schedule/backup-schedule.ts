import type { Fault } from '@understory/core/errors.ts';
import type { Window } from '../upgrade/waves.ts';
import type { Keeping } from './kept-copies.ts';

/** How a library wants its branches backed up. */
export interface BackupSchedule {
	/** Hours from one copy to the next. */
	readonly every_hours: number;
	readonly keep: Keeping;
	/** Whole hours in the library's time in which copies are begun; null: at any time. */
	readonly hours: Window | null;
}

/** A copy a week at least: what is older than that is what people lose. */
const LONGEST = 168;
const MOST_KEPT = 120;

/** What cannot be carried out of a schedule. */
export function faultsOfSchedule(schedule: BackupSchedule | null | undefined): Fault[] {
	if (!schedule) return [];
	const { every_hours, keep, hours } = schedule;
	const whole = (count: number, from: number, to: number) =>
		Number.isInteger(count) && count >= from && count <= to;
	const faults: Fault[] = [];
	if (!whole(every_hours, 1, LONGEST))
		faults.push({ field: 'backup_schedule.every_hours', text: `Whole hours, from 1 to ${LONGEST}.` });
	if (![keep.daily, keep.weekly, keep.monthly].every((count) => whole(count, 0, MOST_KEPT)))
		faults.push({ field: 'backup_schedule.keep', text: `Whole numbers, from 0 to ${MOST_KEPT}.` });
	if (hours && !(whole(hours.from, 0, 23) && whole(hours.to, 0, 23)))
		faults.push({ field: 'backup_schedule.hours', text: 'Whole hours, from 0 to 23.' });
	return faults;
}
