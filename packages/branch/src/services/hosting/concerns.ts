import { addWorkingDays, dateIn, momentIn } from '@understory/core/calendar.ts';
import type { Concern } from '../../store/matters.ts';

/** What somebody can say a report is about, and by when hosts answer it: hours by the clock for what cannot wait for a desk to open, else working days. */
export interface ConcernClock {
	readonly concern: Concern;
	readonly within: { readonly hours: number } | { readonly workingDays: number };
	/** The word of Mastodon's API that is nearest. */
	readonly category: 'violation' | 'legal' | 'spam' | 'other';
}

const HOUR = 60 * 60_000;

/** The most urgent first. Two days for what the law may ask to be taken down (Take It Down Act, section 3). */
export const CONCERNS: readonly ConcernClock[] = [
	{ concern: 'danger', within: { hours: 4 }, category: 'violation' },
	{ concern: 'private', within: { hours: 24 }, category: 'violation' },
	{ concern: 'law', within: { hours: 48 }, category: 'legal' },
	{ concern: 'rules', within: { workingDays: 3 }, category: 'violation' },
	{ concern: 'spam', within: { workingDays: 5 }, category: 'spam' },
	{ concern: 'other', within: { workingDays: 5 }, category: 'other' },
];

/** The concern of that name; `other` for what is none. */
export function concernOf(text: string): Concern {
	return CONCERNS.find(({ concern }) => concern === text)?.concern ?? 'other';
}

/** The more urgent of two. */
export function moreUrgent(one: Concern, other: Concern): Concern {
	return placeOf(one) <= placeOf(other) ? one : other;
}

/** When it is to be answered that came at this moment, UTC milliseconds. Working days end with their last minute in the library's zone. */
export function dueAt(zone: string, concern: Concern, opened: number): number {
	const { within } = CONCERNS[placeOf(concern)]!;
	if ('hours' in within) return opened + within.hours * HOUR;
	return momentIn(zone, addWorkingDays(dateIn(zone, opened), within.workingDays), '23:59')!;
}

function placeOf(concern: Concern): number {
	return CONCERNS.findIndex((one) => one.concern === concern);
}
