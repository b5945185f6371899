import { addWorkingDays, dateIn } from '@understory/core/calendar.ts';

const DAY = 24 * 60 * 60_000;
/** How long somebody has who has read of it. */
export const APPEAL_DAYS = 7;
/** How long at the outside, whether they have read of it or not. */
export const APPEAL_DAYS_AT_MOST = 30;
/** How many working days each step may take (reference/accountability.md 3.4). The third, the board's next meeting, is not kept here. */
export const STEP_DAYS: readonly number[] = [5, 15];

/**
 * The last day (YYYY-MM-DD in the library's zone) on which somebody can appeal against what was told at `told`. The clock starts when they have seen it
 * (`seen`, null while they have not) and ends 30 days after it was told at the outside.
 */
export function appealUntil(zone: string, told: number, seen: number | null): string {
	const outside = told + APPEAL_DAYS_AT_MOST * DAY;
	return dateIn(zone, seen === null ? outside : Math.min(seen + APPEAL_DAYS * DAY, outside));
}

/** The day on which an appeal of this step, filed at this moment, is to be answered. */
export function answerDue(zone: string, filed: number, step: number): string {
	return addWorkingDays(dateIn(zone, filed), STEP_DAYS[step - 1] ?? STEP_DAYS.at(-1)!);
}
