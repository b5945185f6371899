import { dateIn } from '@understory/core/calendar.ts';

const DAY = 86_400_000;

/** The month (YYYY-MM) and the Monday of the week (YYYY-MM-DD) of a moment on a library's wall: all that is kept of when somebody was here. */
export function coarseTime(zone: string, now: number): { month: string; week: string } {
	const today = dateIn(zone, now);
	const noon = Date.parse(`${today}T12:00:00Z`);
	const sinceMonday = (new Date(noon).getUTCDay() + 6) % 7;
	return {
		month: today.slice(0, 7),
		week: new Date(noon - sinceMonday * DAY).toISOString().slice(0, 10),
	};
}
