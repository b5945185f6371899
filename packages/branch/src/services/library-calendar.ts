import { BadInput } from '@understory/core/errors.ts';
import type { BranchContext } from '../context.ts';
import { type CalendarEntry, replaceEntries } from '../store/library-calendar.ts';
import { readSetting, writeSetting } from '../store/settings.ts';
import type { Reading } from '../store/store.ts';
import { readIcalendar } from './read-icalendar.ts';
import { isWebAddress, readPublished } from './read-published.ts';

const HOUR = 60 * 60_000;
/** How often the calendar is read, and how far ahead. */
const EVERY = 6 * HOUR;
const AHEAD = 180 * 24 * HOUR;
/** The largest calendar that is read, in bytes. */
const MAX_BYTES = 4 * 1024 * 1024;

/** Where the library's own calendar is, and how the last reading of it went. */
export interface LibraryCalendar {
	readonly url: string;
	/** When it is read next, UTC milliseconds. */
	readonly due: number;
	/** When it was last read well; null before the first time. */
	readonly read: number | null;
	/** How many of its events are shown. */
	readonly count: number;
	/** `silent`: no answer. `none`: an answer that is no calendar. Null when all is well. */
	readonly fault: 'silent' | 'none' | null;
}

/** The library's calendar, or null when no host named one. */
export function libraryCalendar(reading: Reading): LibraryCalendar | null {
	return readSetting<LibraryCalendar | null>(reading, 'calendar') ?? null;
}

/**
 * Says where the library's own calendar is, read from then on every six hours; nothing takes it away again. Throws BadInput `calendar_address` for
 * what is no address on the web.
 */
export function nameLibraryCalendar(context: BranchContext, typed: string): void {
	// Calendars are handed out as webcal: addresses, which are https ones.
	const url = typed.trim().replace(/^webcals?:/i, 'https:');
	if (url !== '' && !isWebAddress(url)) {
		const fault = { field: 'url', text: 'calendar_address' };
		throw new BadInput('The address of the calendar needs another look.', [fault]);
	}
	context.store.transact((writing) => {
		const due = context.clock.now();
		const named: LibraryCalendar | null =
			url === '' ? null : { url: new URL(url).href, due, read: null, count: 0, fault: null };
		writeSetting(writing, 'calendar', named);
		replaceEntries(writing, []);
	});
	context.wake();
}

/** When `readLibraryCalendar` is to be called, or null. */
export function nextCalendarAt(context: Pick<BranchContext, 'store'>): number | null {
	return context.store.read((reading) => libraryCalendar(reading))?.due ?? null;
}

/** Reads it when it is time. What cannot be read leaves what was there. */
export async function readLibraryCalendar(context: BranchContext): Promise<void> {
	const calendar = context.store.read((reading) => libraryCalendar(reading));
	const now = context.clock.now();
	if (!calendar || calendar.due > now) return;
	const found = await fetchEntries(context, calendar.url);
	context.store.transact((writing) => {
		// A host may have named another one meanwhile.
		if (libraryCalendar(writing)?.url !== calendar.url) return;
		const due = now + EVERY;
		if (typeof found === 'string') {
			writeSetting(writing, 'calendar', { ...calendar, due, fault: found });
			return;
		}
		replaceEntries(writing, found);
		writeSetting(writing, 'calendar', { ...calendar, due, read: now, count: found.length, fault: null });
	});
}

async function fetchEntries(
	context: BranchContext,
	url: string,
): Promise<readonly CalendarEntry[] | 'silent' | 'none'> {
	const { zone } = context.current.library();
	const from = context.clock.now();
	const found = await readPublished(context, {
		url,
		accept: 'text/calendar',
		maxBytes: MAX_BYTES,
		read: (body) => readIcalendar(body.toString('utf8'), { zone, from, until: from + AHEAD }),
	});
	return found === 'large' ? 'none' : found;
}
