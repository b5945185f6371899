import type { Design, Reader } from '@understory/design/design.ts';
import { dateInWords, type Formats } from '@understory/design/when.ts';
import type { Library } from '../registers.ts';

/** One person reading one library's site. */
export interface Reading {
	readonly library: Library;
	readonly reader: Reader;
	/** The day, YYYY-MM-DD, where the library is. */
	readonly today: string;
	/** A phrase of this room. */
	t(key: string, values?: Readonly<Record<string, unknown>>): string;
	/** A phrase of the room that all share. */
	common(key: string, values?: Readonly<Record<string, unknown>>): string;
	/** `2026-10-14` in words. */
	date(day: string): string;
	/** `2026-10` in words. */
	month(month: string): string;
	/** The text in the reader's language, or else in English. */
	said(texts: Readonly<Record<string, string>>): string;
}

const DIGITS = { year: 'numeric', month: '2-digit', day: '2-digit' } as const;

/** How somebody reads who has this language. */
export function createReading(
	design: Design,
	library: Library,
	language: string,
	now: number,
	formats: Formats,
): Reading {
	const reader: Reader = { language, zone: library.zone, now };
	// Canada writes dates as ISO 8601 does.
	const dayFormat = formats('en-CA', { timeZone: library.zone, ...DIGITS });
	return {
		library,
		reader,
		today: dayFormat.format(now),
		t: (key, values) => design.t(language, `accountability.${key}`, values),
		common: (key, values) => design.t(language, `common.${key}`, values),
		date: (day) => dateInWords(momentOn(dayFormat, day), reader, formats),
		month: (month) =>
			formats(language, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
				Date.parse(`${month}-15T00:00:00Z`),
			),
		said: (texts) => texts[language] ?? texts.en ?? Object.values(texts)[0] ?? '',
	};
}

/** A moment that falls on this day in the zone: noon UTC does, but for the zones that are far to the east. */
function momentOn(dayFormat: Intl.DateTimeFormat, day: string): number {
	const noon = Date.parse(`${day}T12:00:00Z`);
	const hours = [0, -6, 6].map((hour) => noon + hour * 3_600_000);
	return hours.find((moment) => dayFormat.format(moment) === day) ?? noon;
}
