import { isZone, momentIn } from '@understory/core/calendar.ts';
import type { CalendarEntry } from '../store/library-calendar.ts';
import { remoteLine } from './markup.ts';

type Ical = typeof import('ical.js').default;
type Time = InstanceType<Ical['Time']>;

/** So many entries of one series, and of a calendar, are read. */
const MOST_OF_ONE = 60;
const MOST = 500;
/** So many steps of all repetitions together are counted: a calendar may say "every second since 1970". */
const STEPS = 50_000;
const MOST_READ = 5000;
const EVENT = /^BEGIN:VEVENT\r?\n[\s\S]*?^END:VEVENT\r?$/gim;
const DAY = 24 * 60 * 60_000;
const LONGEST = 200;

/**
 * Reads what happens in a span from a calendar (RFC 5545), soonest first: single events, repetitions with their exceptions, whole days. What
 * is cancelled, tentative for ever (no title) or cannot be read is left out. Hours without a known zone are the library's. Null when the text
 * is no calendar.
 */
export async function readIcalendar(
	text: string,
	parts: { readonly zone: string; readonly from: number; readonly until: number },
): Promise<CalendarEntry[] | null> {
	const { default: ICAL } = await import('ical.js');
	if (!/^\ufeff?\s*BEGIN:VCALENDAR\r?\n/i.test(text)) return null;
	const events = (text.match(EVENT) ?? []).slice(0, MOST_READ).flatMap((one) => componentOf(ICAL, one) ?? []);
	const changed = new Map<string, typeof events>();
	for (const event of events.filter((one) => one.hasProperty('recurrence-id'))) {
		const uid = String(event.getFirstPropertyValue('uid'));
		changed.set(uid, [...(changed.get(uid) ?? []), event]);
	}
	const found: CalendarEntry[] = [];
	const budget = { steps: STEPS };
	for (const component of events) {
		if (component.hasProperty('recurrence-id') || found.length >= MOST) continue;
		try {
			const exceptions = changed.get(String(component.getFirstPropertyValue('uid'))) ?? [];
			const event = new ICAL.Event(component, { exceptions });
			found.push(...happenings(event, parts, budget));
		} catch (error) {
			// As above: dates that are none, rules that repeat nothing.
			if (!(error instanceof Error)) throw error;
		}
	}
	return found.sort((a, b) => a.starts - b.starts).slice(0, MOST);
}

/** Each event is read alone: one that nobody can read does not take the others with it. */
function componentOf(ICAL: Ical, text: string) {
	try {
		return new ICAL.Component(ICAL.parse(text) as never);
	} catch (error) {
		if (error instanceof Error) return null;
		throw error;
	}
}

function happenings(
	event: InstanceType<Ical['Event']>,
	parts: { readonly zone: string; readonly from: number; readonly until: number },
	budget: { steps: number },
): CalendarEntry[] {
	if (!event.isRecurring()) {
		const one = entryOf(event, event.startDate, event.endDate, parts);
		return one ? [one] : [];
	}
	const found: CalendarEntry[] = [];
	const series = event.iterator();
	while (budget.steps-- > 0 && found.length < MOST_OF_ONE) {
		const next = series.next() as Time | undefined;
		if (!next) break;
		// Roughly, in whatever zone: to ask for each exactly would take long for what began years ago.
		const about = Date.UTC(next.year, next.month - 1, next.day);
		if (about > parts.until + 2 * DAY) break;
		if (about < parts.from - 7 * DAY) continue;
		const { item, startDate, endDate } = event.getOccurrenceDetails(next);
		const one = entryOf(item, startDate, endDate, parts);
		if (one) found.push(one);
	}
	return found;
}

function entryOf(
	event: InstanceType<Ical['Event']>,
	start: Time,
	end: Time,
	{ zone, from, until }: { readonly zone: string; readonly from: number; readonly until: number },
): CalendarEntry | null {
	const named = zoneOf(event, 'dtstart') ?? zone;
	const starts = momentOf(start, named);
	const title = remoteLine(String(event.summary ?? ''), LONGEST);
	const status = String(event.component.getFirstPropertyValue('status') ?? '').toUpperCase();
	if (starts === null || title === '' || status === 'CANCELLED') return null;
	const ends = Math.max(momentOf(end, zoneOf(event, 'dtend') ?? named) ?? starts, starts);
	if (ends < from || starts > until) return null;
	const url = String(event.component.getFirstPropertyValue('url') ?? '');
	return {
		title,
		starts,
		ends,
		allDay: start.isDate,
		place: remoteLine(String(event.location ?? ''), LONGEST),
		url: isPage(url) ? new URL(url).href : null,
	};
}

/** The zone's own name is believed, not the rules that came with it: calendars carry old and wrong ones. */
function momentOf(time: Time, zone: string): number | null {
	const two = (n: number) => String(n).padStart(2, '0');
	const day = `${String(time.year).padStart(4, '0')}-${two(time.month)}-${two(time.day)}`;
	const hour = time.isDate ? '00:00' : `${two(time.hour)}:${two(time.minute)}`;
	return momentIn(time.zone?.tzid === 'UTC' ? 'UTC' : zone, day, hour);
}

/** The zone a date is written in, when we know it. */
function zoneOf(event: InstanceType<Ical['Event']>, property: 'dtstart' | 'dtend'): string | null {
	const named = event.component.getFirstProperty(property)?.getParameter('tzid');
	return typeof named === 'string' && isZone(named) ? named : null;
}

function isPage(url: string): boolean {
	return url.length <= 2000 && URL.canParse(url) && /^https?:$/.test(new URL(url).protocol);
}
