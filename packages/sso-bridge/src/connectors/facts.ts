import { dateIn } from '@understory/core/calendar.ts';
import { calendarDay, dashed, yearsBetween } from '@understory/sip2/calendar-day.ts';
import type { CardFacts, When } from './connector.ts';

/** What a catalogue said of a patron, in its own words; what it did not say is missing. Dates begin with YYYY-MM-DD or are YYYYMMDD. */
export interface Said {
	readonly card: string;
	readonly formerCards?: readonly string[];
	readonly stableId?: unknown;
	readonly born?: unknown;
	readonly expires?: unknown;
	/** Does the catalogue itself say that the card is over, whatever its date? */
	readonly over?: boolean;
	readonly location?: unknown;
	readonly patronType?: unknown;
	readonly blocks?: CardFacts['blocks'];
}

/** The facts out of what was said; of the birth date only whole years are left. */
export function factsFrom(said: Said, { now, zone }: When): CardFacts {
	const today = dateIn(zone, now).replaceAll('-', '');
	const born = dayOf(said.born);
	const expires = dayOf(said.expires);
	return {
		card: said.card,
		formerCards: said.formerCards ?? [],
		stableId: textOf(said.stableId),
		expiresOn: expires === null ? null : dashed(expires),
		expired: said.over === true || (expires !== null && expires < today),
		age: born === null ? null : yearsBetween(born, today),
		location: textOf(said.location),
		patronType: textOf(said.patronType),
		blocks: [...new Set(said.blocks ?? [])],
	};
}

/** A text or a number as trimmed text; null for everything else and for nothing. */
export function textOf(value: unknown): string | null {
	const text = typeof value === 'number' ? String(value) : typeof value === 'string' ? value.trim() : '';
	return text === '' ? null : text;
}

/** YYYYMMDD of a text that begins with a day. */
function dayOf(value: unknown): string | null {
	return calendarDay(textOf(value) ?? '', 'YMD');
}

/** The same card number, as catalogues look for one: capitals and small letters alike. */
export function sameCard(one: unknown, other: string): boolean {
	return textOf(one)?.toLowerCase() === other.toLowerCase();
}
