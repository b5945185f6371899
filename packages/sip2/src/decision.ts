import { onlyField, type ReceivedMessage, type Sip2Message } from './wire/message.ts';

/** What a catalogue's answer comes to (reference/library-sso.md 1.7). Of the person only the age in years is used, for the age band. */
export type Sip2Decision =
	| {
			readonly outcome: 'ok';
			/** YYYY-MM-DD when the card has ended: it keeps the porch (DESIGN section 2). Null while it is good. */
			readonly expiredOn: string | null;
			/** Whole years, or null when the catalogue did not say. */
			readonly age: number | null;
			/** The catalogue's own id of the patron (XI), where it gives one. Never leaves the bridge but as a keyed hash. */
			readonly internalId: string | null;
	  }
	/** Unknown card and wrong PIN are one answer. */
	| { readonly outcome: 'bad_credentials' }
	/** Card and PIN are right, and still no. */
	| { readonly outcome: 'refused_by_policy'; readonly reason: 'lost' | 'blocked' | 'elsewhere' }
	/** Nobody can tell now; never counts as a try. */
	| { readonly outcome: 'unavailable'; readonly reason: 'unreachable' | 'silent' | 'closed' | 'offline' }
	/** Library IT has to look: the catalogue answered, but not as SIP2 or as it was said to. */
	| { readonly outcome: 'misconfigured'; readonly reason: Misconfiguration };

export type Misconfiguration =
	| 'login_refused'
	| 'code'
	| 'sequence'
	| 'checksum'
	| 'resend'
	| 'surplus'
	| 'unreadable'
	| 'no_card_in_answer'
	| 'settings'
	| 'canary';

/** `off`: none is sent. `send`: sent, and what comes back is verified. `require`: an answer without it is refused. */
export type ErrorDetection = 'off' | 'send' | 'require';

/** Where a catalogue keeps the birth date, and in which order (reference/library-sso.md 1.3). */
export interface BirthDateField {
	readonly field: 'PB' | 'PD' | 'BC';
	readonly order: 'YMD' | 'MDY';
}

/** Which of the patrons of a shared catalogue belong to this library; a list that is missing restricts nothing. */
export interface Restriction {
	/** How card numbers of this library begin. */
	readonly prefixes?: readonly string[];
	/** Values of AQ, the home library. */
	readonly homes?: readonly string[];
}

/** What an answer is held against. */
export interface Asked {
	/** As sent in AA. */
	readonly card: string;
	/** The sequence digit that was sent, or null without error detection. */
	readonly sequence: string | null;
	readonly errorDetection: ErrorDetection;
	/** YYYYMMDD on the library's wall. */
	readonly today: string;
	readonly birthDate?: BirthDateField;
	readonly restriction?: Restriction;
}

const REFUSED: Sip2Decision = { outcome: 'bad_credentials' };

/** Point 1: was the login answered with exactly 941? Null when it was. */
export function faultOfLogin(answer: Sip2Message): Sip2Decision | null {
	return answer.code === '94' && answer.fixed === '1' ? null : wrong('login_refused');
}

/** Point 1: does the catalogue say that it is on line? Its timeout of 000 means nothing: a well-known server says so before a login. */
export function faultOfStatus(answer: Sip2Message): Sip2Decision | null {
	if (answer.code !== '98') return wrong('code');
	return answer.fixed[0] === 'Y' ? null : { outcome: 'unavailable', reason: 'offline' };
}

/** Point 3: the digit is ours where there is one, and both marks are there where they are required. Null when nothing is wrong. */
export function faultOfDetection(
	answer: ReceivedMessage,
	asked: Pick<Asked, 'sequence' | 'errorDetection'>,
): Sip2Decision | null {
	if (answer.sequence !== null && answer.sequence !== asked.sequence) return wrong('sequence');
	if (asked.errorDetection !== 'require') return null;
	if (answer.sequence === null) return wrong('sequence');
	return answer.sealed ? null : wrong('checksum');
}

/**
 * Is this the exact positive answer to a patron information request? Points 2 to 6 and 10 of reference/library-sso.md 1.7: everything that is
 * not plainly yes is no. Debts and overdue books never matter here. The points about the connection are `client.ts`'s.
 */
export function decide(answer: ReceivedMessage, asked: Asked): Sip2Decision {
	if (answer.code !== '64') return wrong('code');
	const detection = faultOfDetection(answer, asked);
	if (detection) return detection;
	if (!answer.fields.some(([id]) => id === 'AA')) return wrong('no_card_in_answer');
	if (onlyField(answer, 'BL') !== 'Y' || onlyField(answer, 'CQ') !== 'Y') return REFUSED;
	if (onlyField(answer, 'AA') !== asked.card) return REFUSED;
	const against = policyAgainst(answer, asked);
	if (against) return { outcome: 'refused_by_policy', reason: against };
	return {
		outcome: 'ok',
		expiredOn: expiry(answer, asked.today),
		age: ageOf(answer, asked),
		internalId: onlyField(answer, 'XI') || null,
	};
}

/** Point 10. A lost card, a patron who is barred, a patron of another library; nothing about money or books. */
function policyAgainst(answer: Sip2Message, asked: Asked): 'lost' | 'blocked' | 'elsewhere' | null {
	const { prefixes, homes } = asked.restriction ?? {};
	if (prefixes && !prefixes.some((prefix) => asked.card.startsWith(prefix))) return 'elsewhere';
	if (homes && !homes.includes(onlyField(answer, 'AQ') ?? '')) return 'elsewhere';
	// Position 4 of the 14 flags: card reported lost. Anything but a blank or an N counts as set.
	if (!/^[ N]$/.test(answer.fixed[4] ?? '')) return 'lost';
	const texts = answer.fields.filter(([id]) => id === 'AF').map(([, text]) => text);
	const barred = texts.some((text) => /^\s*(?:barred|blocked)\b/i.test(text));
	// Catalogues call an expired card blocked too; that one keeps the porch.
	return barred && expiry(answer, asked.today) === null ? 'blocked' : null;
}

/** The day on which a card ended, as YYYY-MM-DD; null when it has not. It is PA where that is a date, else PX: in Polaris PA is another thing. */
function expiry(answer: Sip2Message, today: string): string | null {
	const dates = ['PA', 'PX'].map((id) => calendarDay(onlyField(answer, id)?.slice(0, 8) ?? '', 'YMD'));
	const day = dates.find((date) => date !== null) ?? null;
	return day !== null && day < today ? `${day.slice(0, 4)}-${day.slice(4, 6)}-${day.slice(6)}` : null;
}

function ageOf(answer: Sip2Message, asked: Asked): number | null {
	const { field, order } = asked.birthDate ?? { field: 'PB', order: 'YMD' };
	const born = calendarDay(onlyField(answer, field)?.slice(0, 8) ?? '', order);
	if (born === null || born > asked.today) return null;
	const years = Number(asked.today.slice(0, 4)) - Number(born.slice(0, 4));
	return asked.today.slice(4) < born.slice(4) ? years - 1 : years;
}

/** YYYYMMDD of a day that exists between 1800 and 2199, or null. */
function calendarDay(text: string, order: BirthDateField['order']): string | null {
	if (!/^\d{8}$/.test(text)) return null;
	const day = order === 'YMD' ? text : text.slice(4) + text.slice(0, 4);
	const [year, month, date] = [Number(day.slice(0, 4)), Number(day.slice(4, 6)), Number(day.slice(6))];
	const real = new Date(Date.UTC(year, month - 1, date));
	const exists = real.getUTCMonth() === month - 1 && real.getUTCDate() === date;
	return exists && year >= 1800 && year < 2200 ? day : null;
}

function wrong(reason: Misconfiguration): Sip2Decision {
	return { outcome: 'misconfigured', reason };
}
