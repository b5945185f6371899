import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Something in the library's own calendar. Moments are UTC milliseconds. */
export interface CalendarEntry {
	readonly title: string;
	readonly starts: number;
	readonly ends: number;
	/** Without hours: from the first midnight to the last, in the library's zone. */
	readonly allDay: boolean;
	readonly place: string;
	/** Its page at the library. */
	readonly url: string | null;
}

/** What is not over, soonest first. */
export function entriesFrom(reading: Reading, now: number, limit: number): CalendarEntry[] {
	const query = sql('calendar_entry').where('ends', '>', now).orderBy('starts').orderBy('n').limit(limit);
	const found = reading.all<Omit<CalendarEntry, 'allDay'> & { all_day: number }>(query);
	return found.map(({ all_day, ...entry }) => ({ ...entry, allDay: all_day === 1 }));
}

/** Puts these in the place of all that were there. */
export function replaceEntries(writing: Writing, entries: readonly CalendarEntry[]): void {
	writing.run(sql('calendar_entry').delete());
	for (const { allDay, ...entry } of entries) {
		writing.run(sql('calendar_entry').insert({ ...entry, all_day: allDay ? 1 : 0 }));
	}
}
