import { connect, type Socket } from 'node:net';
import { type Asked, decide, type Sip2Decision } from './decision.ts';
import { decodeMessage, encodeMessage, Framer, fitsField, type Sip2Message, sip2Date } from './message.ts';

/** How a catalogue is reached. */
export interface Sip2Settings {
	readonly host: string;
	readonly port: number;
	readonly institution?: string;
	readonly login?: { readonly user: string; readonly password: string };
	/** For the whole of one question, in milliseconds. */
	readonly timeoutMs?: number;
	/** Sequence digits and checksums; on unless a catalogue cannot. */
	readonly errorDetection?: boolean;
}

class Broken extends Error {
	readonly decision: Sip2Decision;
	constructor(decision: Sip2Decision) {
		super(decision.outcome);
		this.name = 'Broken';
		this.decision = decision;
	}
}

/**
 * Asks a catalogue whether card and PIN belong together: connect, log in, ask, end the session, close. One question a connection, so that no
 * answer can reach another patron (reference/library-sso.md 1.11). Never asks twice after a silence: it might be a second failed try. Never
 * throws; what went wrong is the outcome. Card and PIN that SIP2 cannot carry are refused before a byte is sent.
 */
export async function askCatalogue(
	settings: Sip2Settings,
	patron: { card: string; pin: string },
	now: number,
): Promise<Sip2Decision> {
	if (!fitsField(patron.card) || !fitsField(patron.pin)) return { outcome: 'bad_credentials' };
	const socket = connect({ host: settings.host, port: settings.port });
	const talk = conversation(socket, settings.errorDetection ?? true);
	const late = setTimeout(() => socket.destroy(new Error('late')), settings.timeoutMs ?? 8_000);
	try {
		if (settings.login) await logIn(talk, settings.login);
		return await askPatron(talk, settings, patron, now);
	} catch (error) {
		if (error instanceof Broken) return error.decision;
		return { outcome: 'unavailable', reason: 'silent' };
	} finally {
		clearTimeout(late);
		socket.destroy();
	}
}

async function logIn(talk: Conversation, login: { user: string; password: string }): Promise<void> {
	const { answer } = await talk('93', '00', [
		['CN', login.user],
		['CO', login.password],
	]);
	if (answer.code !== '94' || answer.fixed !== '1') {
		throw new Broken({ outcome: 'misconfigured', reason: 'the catalogue refused the login' });
	}
}

async function askPatron(
	talk: Conversation,
	settings: Sip2Settings,
	patron: { card: string; pin: string },
	now: number,
): Promise<Sip2Decision> {
	const institution = settings.institution ?? '';
	// Ten blanks: no list of anything that was borrowed. AC stands last, since some servers trim the end of a message.
	const { answer, sequence } = await talk('63', `000${sip2Date(now)}${' '.repeat(10)}`, [
		['AO', institution],
		['AA', patron.card],
		['AD', patron.pin],
		['AC', ''],
	]);
	const asked: Asked = { card: patron.card, sequence, now };
	const decision = decide(answer, asked);
	// Politeness, not proof: the answer above stands whatever becomes of this.
	await talk('35', sip2Date(now), [
		['AO', institution],
		['AA', patron.card],
	]).catch(() => null);
	return decision;
}

type Conversation = (
	code: string,
	fixed: string,
	fields: Sip2Message['fields'],
) => Promise<{ answer: Sip2Message; sequence: string | null }>;

/** One request, one answer, on one socket. Anything else (surplus bytes, wrong digit, broken checksum) ends the conversation. */
function conversation(socket: Socket, errorDetection: boolean): Conversation {
	const framer = new Framer();
	let waiting: { resolve(bytes: Buffer): void; reject(error: Error): void } | null = null;
	let failure: Error | null = null;
	let digit = 0;

	function fail(error: Error): void {
		failure ??= error;
		waiting?.reject(failure);
		waiting = null;
		socket.destroy();
	}
	socket.on('data', (chunk) => {
		try {
			const messages = framer.push(chunk);
			if (messages.length === 0) return;
			const surplus = messages.length > 1 || framer.pending > 0 || !waiting;
			if (surplus)
				return fail(new Broken({ outcome: 'misconfigured', reason: 'more bytes came than were asked for' }));
			waiting?.resolve(messages[0]!);
			waiting = null;
		} catch (error) {
			fail(error instanceof Error ? error : new Error('unreadable'));
		}
	});
	socket.on('error', fail);
	socket.on('close', () => fail(new Error('closed')));

	async function exchange(bytes: Buffer): Promise<Sip2Message> {
		if (failure) throw failure;
		const reply = new Promise<Buffer>((resolve, reject) => {
			waiting = { resolve, reject };
		});
		socket.write(bytes);
		const read = decodeMessage(await reply);
		if (typeof read === 'string')
			throw new Broken({ outcome: 'misconfigured', reason: `the answer is unreadable: ${read}` });
		return read;
	}

	return async (code, fixed, fields) => {
		const sequence = errorDetection ? String(digit++ % 10) : null;
		const bytes = encodeMessage({ code, fixed, fields, sequence });
		let answer = await exchange(bytes);
		// "Send it again": once, to the letter (SIP2 section 2, 96).
		if (answer.code === '96') answer = await exchange(bytes);
		if (answer.code === '96')
			throw new Broken({ outcome: 'misconfigured', reason: 'the catalogue does not accept our checksums' });
		if (answer.sequence !== null && answer.sequence !== sequence) {
			throw new Broken({ outcome: 'misconfigured', reason: 'the answer is to another question' });
		}
		return { answer, sequence };
	};
}
