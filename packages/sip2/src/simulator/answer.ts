import type { IlsPatron } from '../deck.ts';
import { onlyField, type ReceivedMessage, type Sip2Field } from '../wire/message.ts';

/** What the simulated catalogue is. */
export interface IlsFacts {
	readonly patrons: readonly IlsPatron[];
	readonly login: { readonly user: string; readonly password: string } | null;
	readonly institution: string;
	/** AF of a session's end. */
	readonly farewell: string | null;
	/** A transaction date for now. */
	date(): string;
	saysYes(): boolean;
	/** The card number the answer names. */
	named(card: string): string;
	online(): boolean;
	asked(card: string): void;
}

/** What is remembered of one connection. */
export interface IlsSession {
	loggedIn: boolean;
	wrongLogins: number;
}

/** An answer without its error detection, or `close` when the connection is ended instead. */
export type IlsAnswer = { code: string; fixed: string; fields: readonly Sip2Field[] } | 'close';

/** Answers as the SIPServer that many catalogues descend from was recorded to (reference/library-sso.md 3.4, peer A). */
export function answer(facts: IlsFacts, session: IlsSession, request: ReceivedMessage): IlsAnswer {
	if (request.code === '93') return logIn(facts, session, request);
	if (request.code === '99') return status(facts, session);
	if (!session.loggedIn) return 'close';
	if (request.code === '63') return patronInformation(facts, request);
	if (request.code === '23') return patronStatus(facts, request);
	if (request.code === '35') return endSession(facts, request);
	return 'close';
}

function logIn(facts: IlsFacts, session: IlsSession, request: ReceivedMessage): IlsAnswer {
	const { login } = facts;
	const right =
		!login || (onlyField(request, 'CN') === login.user && onlyField(request, 'CO') === login.password);
	// The two digits are algorithms nobody ever defined; only "not encrypted" is understood.
	session.loggedIn = right && request.fixed === '00';
	if (!session.loggedIn) session.wrongLogins++;
	return { code: '94', fixed: session.loggedIn ? '1' : '0', fields: [] };
}

function status(facts: IlsFacts, session: IlsSession): IlsAnswer {
	const limits = session.loggedIn ? 'NNYNN600003' : 'NNNNN000000';
	return {
		code: '98',
		fixed: `${facts.online() ? 'Y' : 'N'}${limits}${facts.date()}2.00`,
		fields: [
			['AO', facts.institution],
			['BX', 'YYYYYYYYYNYNYYYY'],
		],
	};
}

function patronInformation(facts: IlsFacts, request: ReceivedMessage): IlsAnswer {
	const { card, patron, accepted } = look(facts, request);
	const counts = '0000'.repeat(6);
	if (!patron) {
		const fixed = `${UNKNOWN}001${facts.date()}${counts}`;
		return { code: '64', fixed, fields: [['AO', facts.institution], ...unknown(card)] };
	}
	const optional = (id: string, value: string | null | undefined): Sip2Field[] =>
		value ? [[id, value]] : [];
	return {
		code: '64',
		fixed: `${flagsOf(patron)}000${facts.date()}${counts}`,
		fields: [
			['AO', facts.institution],
			['AA', facts.named(patron.card)],
			['AE', speakable(patron.name)],
			...optional('BH', patron.state === 'owing' ? 'USD' : null),
			...optional('BV', patron.state === 'owing' ? '25.50' : null),
			...optional('BD', patron.address),
			...optional('BE', patron.email),
			...optional('BF', patron.phone),
			...optional('AQ', patron.home),
			['BL', 'Y'],
			...optional('CQ', accepted),
			['PA', patron.expires],
			['PB', patron.born],
			['PC', patron.kind === 'adult' ? 'Adult' : 'Juvenile'],
			['PI', 'Y'],
			...optional('XI', patron.internalId),
			...optional('AF', TEXTS[patron.state]),
		],
	};
}

function patronStatus(facts: IlsFacts, request: ReceivedMessage): IlsAnswer {
	const { card, patron, accepted } = look(facts, request);
	const language = request.fixed.slice(0, 3);
	// This message, unlike the other, gives back the institution it was asked for.
	const institution: Sip2Field = ['AO', first(request, 'AO') ?? ''];
	if (!patron) {
		return { code: '24', fixed: `${UNKNOWN}001${facts.date()}`, fields: [institution, ...unknown(card)] };
	}
	const verdict: Sip2Field[] = accepted ? [['CQ', accepted]] : [];
	const who: Sip2Field[] = [
		['AA', facts.named(patron.card)],
		['AE', speakable(patron.name)],
		['BL', 'Y'],
	];
	return {
		code: '24',
		fixed: `${flagsOf(patron)}${language}${facts.date()}`,
		fields: [institution, ...who, ...verdict],
	};
}

function endSession(facts: IlsFacts, request: ReceivedMessage): IlsAnswer {
	const farewell: Sip2Field[] = facts.farewell ? [['AF', facts.farewell]] : [];
	return {
		code: '36',
		fixed: `Y${facts.date()}`,
		fields: [['AO', facts.institution], ['AA', first(request, 'AA') ?? ''], ...farewell],
	};
}

const UNKNOWN = `YYYY${' '.repeat(10)}`;
const unknown = (card: string): Sip2Field[] => [
	['AA', card],
	['AE', ''],
	['BL', 'N'],
];

/** Who is asked about, and CQ: null without a PIN in the request, and yes to anything for who never set one. */
function look(facts: IlsFacts, request: ReceivedMessage) {
	const card = first(request, 'AA') ?? '';
	facts.asked(card);
	const patron = facts.patrons.find((one) => one.card === card || one.alias === card);
	const pin = first(request, 'AD');
	const hasPin = patron && patron.pin !== null && patron.pin !== '' && patron.pin !== '0';
	const right = !hasPin || facts.saysYes() || pin === patron.pin;
	return { card, patron, accepted: pin === null ? null : right ? 'Y' : 'N' };
}

/** Of several fields of one name the first is taken, which is why nothing a patron types may hold a delimiter. */
function first(request: ReceivedMessage, id: string): string | null {
	return request.fields.find(([known]) => known === id)?.[1] ?? null;
}

function flagsOf(patron: IlsPatron): string {
	const set: Record<IlsPatron['state'], readonly number[]> = {
		good: [],
		expired: [0, 1, 2, 3],
		blocked: [0, 1, 2, 3],
		lost: [0, 4],
		owing: [10],
	};
	return Array.from({ length: 14 }, (_, at) => (set[patron.state].includes(at) ? 'Y' : ' ')).join('');
}

const TEXTS: Record<IlsPatron['state'], string | null> = {
	good: null,
	expired: 'Card expired',
	blocked: 'Barred until you see the desk',
	lost: null,
	owing: 'You owe $25.50',
};

/** There is no escape; this server writes a delimiter as an entity. */
function speakable(text: string): string {
	return text.replaceAll('|', '&#124;');
}
