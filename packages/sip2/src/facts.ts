import { calendarDay, dashed, yearsBetween } from './calendar-day.ts';
import type { FieldMap } from './fields.ts';
import { finds } from './pattern.ts';
import { onlyField, type Sip2Message } from './wire/message.ts';

/** What a library may want to know beyond yes or no. */
export type Need = 'age' | 'expiry' | 'type' | 'location' | 'stable_id' | 'fees';

/**
 * What a catalogue says of a patron whose card and PIN are right; what was not asked for or not said is null. No name, address or birth date is among
 * them, and none of them is for keeping.
 */
export interface PatronFacts {
	/** The card number by the catalogue's own account: what was sent, or, where aliases are allowed, what it stands for. */
	readonly card: string;
	/** YYYY-MM-DD, the last day on which the card is good. */
	readonly expiresOn: string | null;
	/** Has the card ended, by its date, by a flag or by a message? Null when nothing was said. */
	readonly expired: boolean | null;
	/** Whole years. */
	readonly age: number | null;
	readonly type: string | null;
	/** The home library. */
	readonly location: string | null;
	/** The institution the catalogue answers for (AO). */
	readonly institution: string | null;
	/** The catalogue's own id of the patron. Never leaves the bridge but as a keyed hash. */
	readonly stableId: string | null;
	/** Those of the fourteen that are set. What they mean differs: one maker sets four of them for a wrong PIN, another one of them on everybody. */
	readonly flags: readonly PatronFlag[];
	/** Does a message on the screen begin with "barred" or "blocked"? Some catalogues say that of an expired card too. */
	readonly barred: boolean;
	/** Is more owed than the catalogue's own limit allows? */
	readonly owesTooMuch: boolean | null;
}

/** The fourteen flags of a patron's status in their order (SIP2 section 4; reference/library-sso.md 1.4). */
export const PATRON_FLAGS = [
	'charges_denied',
	'renewals_denied',
	'recalls_denied',
	'holds_denied',
	'card_lost',
	'too_many_charged',
	'too_many_overdue',
	'too_many_renewals',
	'too_many_claims_returned',
	'too_many_lost',
	'excessive_fines',
	'excessive_fees',
	'recall_overdue',
	'too_many_billed',
] as const;

export type PatronFlag = (typeof PATRON_FLAGS)[number];

/** The fields that have to be read for these needs. */
export function fieldsFor(map: FieldMap, needs: ReadonlySet<Need>): Set<string> {
	const ids = ['AF', 'AO'];
	if (needs.has('age')) ids.push(map.birthDate.field);
	if (needs.has('type')) ids.push(map.type);
	if (needs.has('location')) ids.push(map.location);
	if (needs.has('stable_id')) ids.push(map.stableId);
	if (needs.has('fees')) ids.push('BV', 'CC');
	if (needs.has('expiry')) {
		for (const source of map.expiry) {
			if (!('text' in source)) ids.push('flag' in source ? source.flag : source.field);
		}
	}
	return new Set(ids);
}

/** Reads the facts from an answer that is a yes. `today` is YYYYMMDD on the library's wall. */
export function factsOf(
	answer: Sip2Message,
	about: {
		readonly card: string;
		readonly map: FieldMap;
		readonly needs: ReadonlySet<Need>;
		readonly today: string;
	},
): PatronFacts {
	const { map, needs } = about;
	const said = (need: Need, field: string) =>
		needs.has(need) ? onlyField(answer, field)?.trim() || null : null;
	const born = calendarDay(said('age', map.birthDate.field) ?? '', map.birthDate.order);
	const { expiresOn, expired } = needs.has('expiry') ? expiryOf(answer, map, about.today) : UNSAID;
	const [owed, limit] = [amount(said('fees', 'BV')), amount(said('fees', 'CC'))];
	return {
		card: about.card,
		expiresOn,
		expired,
		age: born === null ? null : yearsBetween(born, about.today),
		type: said('type', map.type),
		location: said('location', map.location),
		institution: onlyField(answer, 'AO')?.trim() || null,
		stableId: said('stable_id', map.stableId),
		flags: flagsOf(answer),
		barred: screenTexts(answer).some((text) => /^\s*(?:barred|blocked)\b/i.test(text)),
		owesTooMuch: owed === null || limit === null ? null : owed > limit,
	};
}

/** Anything but a blank or an N counts as set: a sign nobody agreed on is no permission. */
function flagsOf(answer: Sip2Message): PatronFlag[] {
	return PATRON_FLAGS.filter((_, at) => !/^[ N]$/.test(answer.fixed[at] ?? ''));
}

const UNSAID = { expiresOn: null, expired: null };

function expiryOf(answer: Sip2Message, map: FieldMap, today: string) {
	let day: string | null = null;
	let over: boolean | null = null;
	for (const source of map.expiry) {
		if ('text' in source)
			over = screenTexts(answer).some((text) => finds(source.text, text)) || over === true;
		else if ('flag' in source) {
			const flag = onlyField(answer, source.flag)?.trim() ?? '';
			if (flag !== '') over = flag !== 'N' || over === true;
		} else day ??= calendarDay(onlyField(answer, source.field)?.trim() ?? '', source.order ?? 'YMD');
	}
	if (day !== null) over = over === true || day < today;
	return { expiresOn: day === null ? null : dashed(day), expired: over };
}

function screenTexts(answer: Sip2Message): string[] {
	return answer.fields.filter(([id]) => id === 'AF').map(([, text]) => text);
}

/** A sum of money, with or without its currency before it. */
function amount(text: string | null): number | null {
	const found = /^[^\d-]{0,4}(\d{1,9}(?:\.\d{1,2})?)$/.exec(text ?? '');
	return found ? Number(found[1]) : null;
}
