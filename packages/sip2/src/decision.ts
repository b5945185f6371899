import { factsOf, type Need, type PatronFacts } from './facts.ts';
import type { FieldMap } from './fields.ts';
import { matches } from './pattern.ts';
import { onlyField, type ReceivedMessage, type Sip2Message } from './wire/message.ts';

/** What a catalogue's answer comes to (reference/library-sso.md 1.7): facts, on which a library's rules then decide. */
export type Sip2Answer =
	/** Card and PIN belong together. */
	| { readonly outcome: 'ok'; readonly facts: PatronFacts }
	/** Unknown card and wrong PIN are one answer. */
	| { readonly outcome: 'bad_credentials' }
	/** Nobody can tell now. */
	| { readonly outcome: 'unavailable'; readonly reason: UnavailableReason }
	/** Library IT has to look: the catalogue answered, but not as SIP2 or as it was said to. */
	| { readonly outcome: 'misconfigured'; readonly reason: MisconfiguredReason };

/** What says nothing about card and PIN. */
export type Sip2Trouble = Extract<Sip2Answer, { outcome: 'unavailable' | 'misconfigured' }>;

export type UnavailableReason =
	| 'unreachable'
	| 'silent'
	| 'closed'
	| 'offline'
	| 'tls'
	/** Or not valid yet. */
	| 'certificate_expired'
	| 'certificate_name'
	| 'certificate_untrusted'
	/** Ours was refused, or none was shown and one is wanted. */
	| 'client_certificate';

export type MisconfiguredReason =
	| 'login_refused'
	| 'code'
	| 'sequence'
	| 'checksum'
	| 'resend'
	| 'surplus'
	| 'unreadable'
	| 'no_card_in_answer'
	/** By its own account it answers neither 23 nor 63. */
	| 'no_question'
	| 'settings'
	| 'canary';

/** `off`: none is sent. `send`: sent, and what comes back is verified. `require`: an answer without it is refused. */
export type ErrorDetection = 'off' | 'send' | 'require';

/** What an answer is held against. */
export interface Asked {
	/** Which question was asked. */
	readonly question: '23' | '63';
	/** As sent in AA. */
	readonly card: string;
	/** The sequence digit that was sent, or null without error detection. */
	readonly sequence: string | null;
	readonly errorDetection: ErrorDetection;
	/** YYYYMMDD on the library's wall. */
	readonly today: string;
	readonly map: FieldMap;
	readonly needs: ReadonlySet<Need>;
	/** The pattern of a card number, where the answer may name another card than was sent. */
	readonly aliases?: { readonly cards: string };
	readonly cardCase?: 'exact' | 'any';
}

const REFUSED: Sip2Answer = { outcome: 'bad_credentials' };

/** Point 1: was the login answered with exactly 941? Null when it was. */
export function faultOfLogin(answer: Sip2Message): Sip2Trouble | null {
	return answer.code === '94' && answer.fixed === '1' ? null : wrong('login_refused');
}

/** Point 1: does the catalogue say that it is on line? Its timeout of 000 means nothing: a well-known server says so before a login. */
export function faultOfStatus(answer: Sip2Message): Sip2Trouble | null {
	if (answer.code !== '98') return wrong('code');
	return answer.fixed[0] === 'Y' ? null : { outcome: 'unavailable', reason: 'offline' };
}

/** Point 3: the digit is ours where there is one, and both marks are there where they are required. Null when nothing is wrong. */
export function faultOfDetection(
	answer: ReceivedMessage,
	asked: Pick<Asked, 'sequence' | 'errorDetection'>,
): Sip2Trouble | null {
	if (answer.sequence !== null && answer.sequence !== asked.sequence) return wrong('sequence');
	if (asked.errorDetection !== 'require') return null;
	if (answer.sequence === null) return wrong('sequence');
	return answer.sealed ? null : wrong('checksum');
}

/**
 * Which question this catalogue can be asked: the one that is wished for, or the other one where its status (BX) says that it knows only that. Null
 * when it knows neither. Without a BX the wish stands.
 */
export function questionFor(wished: '23' | '63', status: Sip2Message | null): '23' | '63' | null {
	const known = (status && onlyField(status, 'BX')) ?? '';
	const answers = (question: '23' | '63') => known[question === '23' ? 0 : 7] !== 'N';
	if (answers(wished)) return wished;
	const other = wished === '23' ? '63' : '23';
	return answers(other) ? other : null;
}

/**
 * Is this the exact positive answer to the question about a patron? Points 2 to 6 of reference/library-sso.md 1.7: everything that is not plainly yes is
 * no. The points about the connection are `client.ts`'s; the library's rules about the facts are the bridge's.
 */
export function decide(answer: ReceivedMessage, asked: Asked): Sip2Answer {
	if (answer.code !== (asked.question === '23' ? '24' : '64')) return wrong('code');
	const detection = faultOfDetection(answer, asked);
	if (detection) return detection;
	if (!answer.ids.includes('AA')) return wrong('no_card_in_answer');
	if (onlyField(answer, 'BL') !== 'Y' || onlyField(answer, 'CQ') !== 'Y') return REFUSED;
	const card = cardOf(answer, asked);
	if (card === null) return REFUSED;
	return { outcome: 'ok', facts: factsOf(answer, { ...asked, card }) };
}

/** Point 6: the card that the answer is about, or null when that is not the one that was asked about. */
function cardOf(answer: Sip2Message, { card, aliases, cardCase }: Asked): string | null {
	const named = onlyField(answer, 'AA');
	if (named === null || named === '') return null;
	if (named === card || (cardCase === 'any' && named.toLowerCase() === card.toLowerCase())) return named;
	// Another name stands for a card number; one card number never stands for another.
	return aliases && !matches(aliases.cards, card) && matches(aliases.cards, named) ? named : null;
}

function wrong(reason: MisconfiguredReason): Sip2Trouble {
	return { outcome: 'misconfigured', reason };
}
