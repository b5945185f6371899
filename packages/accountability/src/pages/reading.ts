import { dateIn } from '@understory/core/calendar.ts';
import type { Design, Reader } from '@understory/design/design.ts';
import { dateInWords } from '@understory/design/when.ts';
import type { Library } from '../registers.ts';

/** One person reading one library's site. */
export interface Reading {
	readonly library: Library;
	readonly reader: Reader;
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

/** How somebody reads who has this language. */
export function createReading(design: Design, library: Library, language: string, now: number): Reading {
	const reader: Reader = { language, zone: library.zone, now };
	return {
		library,
		reader,
		t: (key, values) => design.t(language, `accountability.${key}`, values),
		common: (key, values) => design.t(language, `common.${key}`, values),
		date: (day) => dateInWords(momentOn(library.zone, day), reader),
		month: (month) =>
			new Intl.DateTimeFormat(language, { month: 'long', year: 'numeric', timeZone: 'UTC' }).format(
				Date.parse(`${month}-15T00:00:00Z`),
			),
		said: (texts) => texts[language] ?? texts.en ?? Object.values(texts)[0] ?? '',
	};
}

/** A moment that falls on this day in the zone: noon UTC does, but for the zones that are far to the east. */
function momentOn(zone: string, day: string): number {
	const noon = Date.parse(`${day}T12:00:00Z`);
	const hours = [0, -6, 6].map((hour) => noon + hour * 3_600_000);
	return hours.find((moment) => dateIn(zone, moment) === day) ?? noon;
}
