import { connect, type Socket } from 'node:net';
import {
	type BirthDateField,
	decide,
	type ErrorDetection,
	faultOfLogin,
	faultOfStatus,
	type Restriction,
	type Sip2Decision,
} from './decision.ts';
import type { Charset } from './wire/charset.ts';
import { Broken, type Conversation, conversation } from './wire/conversation.ts';
import { transactionDate, wallClock } from './wire/local-time.ts';
import { fitsField } from './wire/message.ts';

/** How a catalogue is reached, and what its library agreed with it. */
export interface Sip2Settings {
	readonly host: string;
	readonly port: number;
	/** AO; empty where the catalogue does not look at it. */
	readonly institution?: string;
	readonly login?: { readonly user: string; readonly password: string; readonly location?: string };
	/** `send` unless said otherwise. */
	readonly errorDetection?: ErrorDetection;
	/** UTF-8 unless said otherwise. */
	readonly charset?: Charset;
	/** False for the few catalogues that do not know 99. */
	readonly asksStatus?: boolean;
	/** False for the few catalogues that do not know 35. */
	readonly endsSession?: boolean;
	readonly birthDate?: BirthDateField;
	readonly restriction?: Restriction;
	readonly timeouts?: Partial<Timeouts>;
}

/** In milliseconds. `whole` is for everything together, `end` for the last courtesy. */
export interface Timeouts {
	readonly connect: number;
	readonly answer: number;
	readonly end: number;
	readonly whole: number;
}

const TIMEOUTS: Timeouts = { connect: 3_000, answer: 5_000, end: 1_000, whole: 8_000 };

/** When it is asked: UTC milliseconds, and the library's zone, by whose calendar a card ends. */
export interface When {
	readonly now: number;
	readonly zone: string;
}

/**
 * Asks a catalogue whether card and PIN belong together: connect, log in (93), see that it is on line (99), ask (63), end the session (35), close.
 * One question a connection, so that no answer can reach another patron (reference/library-sso.md 1.11). Never asks again after a silence: it
 * might be a second failed try. What goes wrong is the outcome, not an exception. Card and PIN that SIP2 cannot carry are refused before
 * a connection is made.
 */
export async function askCatalogue(
	settings: Sip2Settings,
	patron: { readonly card: string; readonly pin: string },
	when: When,
): Promise<Sip2Decision> {
	const { charset = 'utf-8', errorDetection = 'send' } = settings;
	if (!fitsField(patron.card, charset) || !fitsField(patron.pin, charset)) {
		return { outcome: 'bad_credentials' };
	}
	const times = { ...TIMEOUTS, ...settings.timeouts };
	const socket = connect({ host: settings.host, port: settings.port });
	const talk = conversation(socket, { charset, errorDetection });
	const silent = () => talk.fail({ outcome: 'unavailable', reason: 'silent' });
	const late = setTimeout(silent, times.whole);
	try {
		await connected(socket, talk, times.connect);
		return await askPatron(talk, settings, times, patron, when);
	} catch (error) {
		if (error instanceof Broken) return error.decision;
		// A setting that cannot be put into a message: nothing a patron did.
		if (error instanceof RangeError) return { outcome: 'misconfigured', reason: 'settings' };
		throw error;
	} finally {
		clearTimeout(late);
		socket.destroy();
	}
}

function connected(socket: Socket, talk: Conversation, milliseconds: number): Promise<void> {
	return new Promise((resolve, reject) => {
		const broken = { outcome: 'unavailable', reason: 'unreachable' } as const;
		const late = setTimeout(() => talk.fail(broken), milliseconds);
		socket.once('connect', () => {
			clearTimeout(late);
			resolve();
		});
		socket.once('close', () => {
			clearTimeout(late);
			reject(new Broken(broken));
		});
	});
}

async function askPatron(
	talk: Conversation,
	settings: Sip2Settings,
	times: Timeouts,
	patron: { readonly card: string; readonly pin: string },
	when: When,
): Promise<Sip2Decision> {
	const { login, institution = '', errorDetection = 'send', birthDate, restriction } = settings;
	const date = transactionDate(when.now, when.zone);
	if (login) {
		const fields = [['CN', login.user] as const, ['CO', login.password] as const];
		const place = login.location ? [['CP', login.location] as const] : [];
		const request = { code: '93', fixed: '00', fields: [...fields, ...place] };
		const fault = faultOfLogin((await talk.ask(request, '94', times.answer)).answer);
		if (fault) return fault;
	}
	if (settings.asksStatus !== false) {
		const request = { code: '99', fixed: '09992.00', fields: [] };
		const fault = faultOfStatus((await talk.ask(request, '98', times.answer)).answer);
		if (fault) return fault;
	}
	// Ten blanks: no list of anything that was borrowed. AC stands last, since some servers trim the end of a message.
	const request = {
		code: '63',
		fixed: `000${date}${' '.repeat(10)}`,
		fields: [
			['AO', institution] as const,
			['AA', patron.card] as const,
			['AD', patron.pin] as const,
			['AC', ''] as const,
		],
	};
	const { answer, sequence } = await talk.ask(request, '64', times.answer);
	const { date: today } = wallClock(when.now, when.zone);
	const decision = decide(answer, {
		card: patron.card,
		sequence,
		errorDetection,
		today,
		birthDate,
		restriction,
	});
	if (settings.endsSession !== false) await endSession(talk, { institution, card: patron.card, date, times });
	return decision;
}

/** A courtesy: plain silence is forgiven. Any byte that is not its answer is not, for then the answer before it may not have been ours. */
async function endSession(
	talk: Conversation,
	about: { institution: string; card: string; date: string; times: Timeouts },
): Promise<void> {
	// Never the PIN again.
	const fields = [['AO', about.institution] as const, ['AA', about.card] as const];
	try {
		await talk.ask({ code: '35', fixed: about.date, fields }, '36', about.times.end);
	} catch (error) {
		if (!(error instanceof Broken) || error.decision.outcome !== 'unavailable') throw error;
		if (talk.stained) throw new Broken({ outcome: 'misconfigured', reason: 'surplus' });
	}
}
