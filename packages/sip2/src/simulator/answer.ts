import type { IlsPatron } from '../deck.ts';
import { transactionDate } from '../wire/local-time.ts';
import { onlyField, type ReceivedMessage, type Sip2Field } from '../wire/message.ts';
import type { Manner } from './manner.ts';

/** What the simulated catalogue is. */
export interface IlsFacts {
	readonly manner: Manner;
	readonly patrons: readonly IlsPatron[];
	readonly login: { readonly user: string; readonly password: string } | null;
	readonly institution: string;
	/** AF of a session's end. */
	readonly farewell: string | null;
	readonly zone: string;
	now(): number;
	saysYes(): boolean;
	online(): boolean;
	asked(card: string): void;
}

/** What is remembered of one connection. */
export interface IlsSession {
	loggedIn: boolean;
	wrongLogins: number;
}

export interface IlsReply {
	readonly code: string;
	readonly fixed: string;
	readonly fields: readonly Sip2Field[];
}

/** An answer without its error detection; or `close` when the connection is ended instead, or `unknown` when the message is not known. */
export type IlsAnswer = IlsReply | 'close' | 'unknown';

/** Answers as the catalogue of this manner does. */
export function answer(facts: IlsFacts, session: IlsSession, request: ReceivedMessage): IlsAnswer {
	const { manner } = facts;
	if (request.code === '93') return logIn(facts, session, request);
	if (request.code === '99') return status(facts, session);
	if (!session.loggedIn && manner.wantsLogin) return 'close';
	if (request.code === '63') return aboutPatron(facts, request, '64');
	if (request.code === '23') return aboutPatron(facts, request, '24');
	if (request.code === '35' && manner.endsSessions) return endSession(facts, request);
	return 'unknown';
}

function logIn(facts: IlsFacts, session: IlsSession, request: ReceivedMessage): IlsReply {
	const { login } = facts;
	const right =
		!login || (onlyField(request, 'CN') === login.user && onlyField(request, 'CO') === login.password);
	// The two digits are algorithms nobody ever defined; only "not encrypted" is understood.
	session.loggedIn = right && request.fixed === '00';
	if (!session.loggedIn) session.wrongLogins++;
	return { code: '94', fixed: session.loggedIn ? '1' : '0', fields: [] };
}

function status(facts: IlsFacts, session: IlsSession): IlsReply {
	const { before, after, bx } = facts.manner.status;
	return {
		code: '98',
		fixed: `${facts.online() ? 'Y' : 'N'}${session.loggedIn ? after : before}${date(facts)}2.00`,
		fields: [
			['AO', facts.institution],
			['BX', bx],
		],
	};
}

function aboutPatron(facts: IlsFacts, request: ReceivedMessage, code: '64' | '24'): IlsReply {
	const { manner } = facts;
	const { card, patron, accepted } = look(facts, request);
	// A 24, unlike a 64, gives back the institution it was asked for, and the language.
	const institution = code === '24' && !manner.sorts ? (first(request, 'AO') ?? '') : facts.institution;
	if (!patron) {
		const { flags, language, count, rows } = manner.unknownCard;
		const counts = code === '64' ? count.repeat(6) : '';
		const fields = rows.map(([id, value]): Sip2Field => [id, speakable(value(card, institution), manner)]);
		return {
			code,
			fixed: `${flagged(flags)}${language}${date(facts)}${counts}`,
			fields: ordered(fields, manner),
		};
	}
	const shown = { institution, card: patron.card, patron, accepted };
	const fields = (code === '64' ? manner.information : manner.statusRows).flatMap(
		([id, value]): Sip2Field[] => {
			const said = value(shown);
			// What is not known is left out; what is empty by the maker's custom is a text that is empty.
			return said === null || said === undefined || (said === '' && LEFT_OUT.has(id))
				? []
				: [[id, speakable(said, manner)]];
		},
	);
	const set = [...FLAGS[patron.state], ...(accepted === 'N' ? manner.wrongPinFlags : [])];
	const language = code === '24' ? request.fixed.slice(0, 3) : '000';
	const counts = code === '64' ? '0000'.repeat(6) : '';
	return {
		code,
		fixed: `${flagged(set)}${language}${date(facts)}${counts}`,
		fields: ordered(fields, manner),
	};
}

/** Dates that nobody told are no fields. */
const LEFT_OUT = new Set(['PA', 'PB']);

function endSession(facts: IlsFacts, request: ReceivedMessage): IlsReply {
	const farewell: Sip2Field[] = facts.farewell ? [['AF', facts.farewell]] : [];
	const fields: Sip2Field[] = [['AO', facts.institution], ['AA', first(request, 'AA') ?? ''], ...farewell];
	return { code: '36', fixed: `Y${date(facts)}`, fields: ordered(fields, facts.manner) };
}

/** Who is asked about, and CQ: yes to anything for who never set a PIN. */
function look(facts: IlsFacts, request: ReceivedMessage) {
	const { manner } = facts;
	const card = first(request, 'AA') ?? '';
	facts.asked(card);
	const patron = facts.patrons.find((one) => one.card === card || one.alias === card);
	const pin = first(request, 'AD');
	const hasPin = patron && patron.pin !== null && patron.pin !== '' && patron.pin !== '0';
	const right = !hasPin || facts.saysYes() || pin === patron.pin || (pin === '' && manner.acceptsEmptyPin);
	return {
		card,
		patron,
		accepted: pin === null ? manner.withoutPin : right ? ('Y' as const) : ('N' as const),
	};
}

/** Of several fields of one name the first is taken, which is why nothing a patron types may hold a separator. */
function first(request: ReceivedMessage, id: string): string | null {
	return request.fields.find(([known]) => known === id)?.[1] ?? null;
}

function ordered(fields: readonly Sip2Field[], manner: Manner): readonly Sip2Field[] {
	return manner.sorts ? fields.toSorted(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)) : fields;
}

function date({ now, zone, manner }: IlsFacts): string {
	return transactionDate(now(), zone, manner.dateZone);
}

const FLAGS: Readonly<Record<IlsPatron['state'], readonly number[]>> = {
	good: [],
	expired: [0, 1, 2, 3],
	blocked: [0, 1, 2, 3],
	lost: [0, 4],
	owing: [10],
};

function flagged(set: readonly number[]): string {
	return Array.from({ length: 14 }, (_, at) => (set.includes(at) ? 'Y' : ' ')).join('');
}

/** There is no escape; the well-known server writes a separator as an entity. */
function speakable(text: string, { separator }: Manner): string {
	return text.replaceAll(separator, `&#${separator.charCodeAt(0)};`);
}
