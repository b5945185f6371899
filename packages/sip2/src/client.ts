import type { LookupFunction, Socket } from 'node:net';
import { decide, questionFor, type Sip2Answer, type Sip2Trouble } from './decision.ts';
import { openConnection } from './secure.ts';
import { aboutPatron, endSession, enter } from './session.ts';
import { type Agreement, agreementOf, faultOfSettings, type Sip2Settings } from './settings.ts';
import { judged, type Trace } from './trace.ts';
import { Broken, type Conversation, conversation } from './wire/conversation.ts';
import { fitsField } from './wire/encode.ts';
import { transactionDate, wallClock } from './wire/local-time.ts';
import { onlyField } from './wire/message.ts';

/** When it is asked: UTC milliseconds, and the library's zone, by whose calendar a card ends. */
export interface When {
	readonly now: number;
	readonly zone: string;
}

/** Card and PIN as somebody gave them. */
export interface Credentials {
	readonly card: string;
	readonly pin: string;
}

/** What may be handed to a question besides. */
export interface AskParts {
	/** Told of each step, without anything of a patron. */
	readonly trace?: Trace;
	/** Told when the question about the patron begins to be sent: from then on the catalogue may have counted a wrong PIN, whatever is heard of it. */
	readonly begun?: () => void;
	/** How the host's name becomes addresses; as the system does it unless said otherwise. What it fails with, the connection fails with. */
	readonly lookup?: LookupFunction;
}

/**
 * Asks a catalogue whether card and PIN belong together: connect, prove each other (TLS), log in (93), see that it is on line (99), ask (63 or 23),
 * end the session (35), close. One question a connection, so that no answer can reach another patron (reference/library-sso.md 1.11). Once the
 * question about the patron has begun to be sent it is never sent again: it might be a second failed try. Only a connection that ended before that is
 * opened once more. What goes wrong is the answer, not an exception. Card and PIN that SIP2 cannot carry are refused before a connection is made.
 */
export async function askFacts(
	settings: Sip2Settings,
	patron: Credentials,
	when: When,
	parts: AskParts = {},
): Promise<Sip2Answer> {
	// Letters and their marks together, as the catalogue's charset has them. First, so that nothing they become goes unchecked.
	const [card, pin] = [patron.card.normalize('NFC'), patron.pin.normalize('NFC')];
	if (faultOfSettings(settings)) return { outcome: 'misconfigured', reason: 'settings' };
	const agreed = agreementOf(settings);
	if (!fitsField(card, agreed, agreed.longestCard) || !fitsField(pin, agreed, agreed.longestPin)) {
		return { outcome: 'bad_credentials' };
	}
	return askAbout(settings, { card, pin }, when, parts);
}

/**
 * Looks whether a catalogue is there: connect, log in, see that it is on line. For a self-test, and to try again after it was away without using
 * somebody's PIN for it. `supports` is what it says of its messages (BX, reference/library-sso.md 1.2), null when it was not asked or did not say.
 */
export async function greetCatalogue(
	settings: Sip2Settings,
	parts: AskParts = {},
): Promise<{ outcome: 'there'; supports: string | null } | Sip2Trouble> {
	return meet(settings, parts, async (talk, agreed) => {
		const status = await enter(talk, settings, agreed);
		await talk.quiet();
		return { outcome: 'there', supports: status && onlyField(status, 'BX') } as const;
	});
}

/**
 * The question itself, for whoever has checked what is asked, or asks on purpose what a person may not, to see that it is refused (a canary,
 * reference/library-sso.md 1.10). An empty PIN is sent as one; with null there is no field for it.
 */
export async function askAbout(
	settings: Sip2Settings,
	patron: { readonly card: string; readonly pin: string | null },
	when: When,
	parts: AskParts = {},
): Promise<Sip2Answer> {
	const { trace = () => {}, begun: told = () => {} } = parts;
	return meet(settings, parts, async (talk, agreed, begun) => {
		const status = await enter(talk, settings, agreed);
		const question = questionFor(agreed.question, status);
		if (!question) throw new Broken({ outcome: 'misconfigured', reason: 'no_question' });
		begun();
		told();
		const date = transactionDate(when.now, when.zone, agreed.dateZone);
		const { answer, sequence } = await talk.ask(
			aboutPatron(settings, agreed, { question, date, ...patron }),
			agreed.times.answer,
		);
		trace(judged(answer, patron.card));
		const { date: today } = wallClock(when.now, when.zone);
		const { errorDetection, fields: map, needs } = agreed;
		const { aliases, cardCase } = settings;
		const { card } = patron;
		const asked = { question, card, sequence, errorDetection, today, map, needs, aliases, cardCase };
		const decided = decide(answer, asked);
		if (agreed.endsSession) await endSession(talk, { settings, agreed, date, card });
		else await talk.quiet();
		return decided;
	});
}

/** Opens a connection, does one thing over it and closes it, within the time there is for everything. */
async function meet<T>(
	settings: Sip2Settings,
	{ trace = () => {}, lookup }: Pick<AskParts, 'trace' | 'lookup'>,
	talkOf: (talk: Conversation, agreed: Agreement, begun: () => void) => Promise<T>,
): Promise<T | Sip2Trouble> {
	const refused = (answer: Sip2Trouble): Sip2Trouble => {
		trace({ step: 'failed', reason: answer.reason });
		return answer;
	};
	if (faultOfSettings(settings)) return refused({ outcome: 'misconfigured', reason: 'settings' });
	const agreed = agreementOf(settings);
	const { times } = agreed;
	let socket: Socket | null = null;
	let talk: Conversation | null = null;
	let over = false;
	let begun = false;
	const late = setTimeout(() => {
		over = true;
		talk?.fail({ outcome: 'unavailable', reason: 'silent' });
	}, times.whole);
	async function attempt(): Promise<T> {
		socket = opened(settings, lookup);
		talk = conversation(socket, { errorDetection: agreed.errorDetection, form: agreed }, trace);
		await talk.until('connect', times.connect);
		if (settings.tls) await talk.until('secureConnect', times.secure);
		return talkOf(talk, agreed, () => {
			begun = true;
		});
	}
	try {
		return await attempt().catch((error: unknown) => {
			socket?.destroy();
			const ended =
				error instanceof Broken && error.answer.outcome === 'unavailable' && error.answer.reason === 'closed';
			if (!ended || begun || over) throw error;
			trace({ step: 'tried_again' });
			return attempt();
		});
	} catch (error) {
		if (error instanceof Broken) return refused(error.answer);
		// A setting that cannot be put into a message: nothing a patron did.
		if (error instanceof RangeError) return refused({ outcome: 'misconfigured', reason: 'settings' });
		throw error;
	} finally {
		clearTimeout(late);
		(socket as Socket | null)?.destroy();
	}
}

function opened(settings: Sip2Settings, lookup: LookupFunction | undefined): Socket {
	try {
		return openConnection(settings, lookup);
	} catch {
		// A port that is none, a key that does not fit: found before anything was sent.
		throw new Broken({ outcome: 'misconfigured', reason: 'settings' });
	}
}
