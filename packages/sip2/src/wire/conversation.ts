import type { Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { type ErrorDetection, faultOfDetection, type Sip2Trouble } from '../decision.ts';
import { reasonOfError } from '../secure.ts';
import type { Trace } from '../trace.ts';
import { decodeMessage } from './decode.ts';
import { encodeMessage } from './encode.ts';
import { ENDS, type WireForm } from './form.ts';
import { Framer } from './framer.ts';
import type { ReceivedMessage, Sip2Field } from './message.ts';

/** A conversation that cannot go on, and what that comes to. */
export class Broken extends Error {
	readonly answer: Sip2Trouble;
	constructor(answer: Sip2Trouble) {
		super(answer.outcome);
		this.name = 'Broken';
		this.answer = answer;
	}
}

/** What is asked, and of which code its answer must be. */
export interface Question {
	readonly code: string;
	readonly fixed: string;
	readonly fields: readonly Sip2Field[];
	readonly answer: string;
	/** Fields of the answer that become texts. */
	readonly wanted: ReadonlySet<string>;
}

/** One side of a SIP2 connection: one request, its answer, then the next. */
export interface Conversation {
	/** Resolves when the socket says so; throws `Broken` when that takes longer than `milliseconds`, or never comes. */
	until(event: 'connect' | 'secureConnect', milliseconds: number): Promise<void>;
	/**
	 * Sends a request and returns its answer, with the sequence digit that was sent. Throws `Broken` when none comes within `milliseconds`, or another
	 * one than was asked for; the socket is gone then. The bytes of both are wiped.
	 */
	ask(
		question: Question,
		milliseconds: number,
	): Promise<{ answer: ReceivedMessage; sequence: string | null }>;
	/** Ends it from outside. */
	fail(answer: Sip2Trouble): void;
	/**
	 * Throws `Broken` when bytes came that belong to no answer; after a turn, so that what the network has brought already is seen. That the other side
	 * has ended the connection is no fault.
	 */
	quiet(): Promise<void>;
	readonly trace: Trace;
	/** Has a byte come that belongs to no answer that was taken? */
	readonly stained: boolean;
}

/** Asks for the last message once more; the same four digits always, since it has no sequence (SIP2 section 2). */
const RESEND = '97AZFEF5';
const LONGEST_MESSAGE = 65_536;
const SURPLUS: Sip2Trouble = { outcome: 'misconfigured', reason: 'surplus' };

/** Speaks on a socket. Surplus bytes, another digit, a broken checksum twice: each ends the conversation (reference/library-sso.md 1.6, 1.8). */
export function conversation(
	socket: Socket,
	settings: { readonly errorDetection: ErrorDetection; readonly form: WireForm },
	trace: Trace = () => {},
): Conversation {
	const { form } = settings;
	const framer = new Framer(LONGEST_MESSAGE, form.terminator);
	const waiting = new Set<(broken: Broken) => void>();
	let answered: ((message: Buffer) => void) | null = null;
	let at: 'connecting' | 'securing' | 'open' = 'connecting';
	let ended: Broken | null = null;
	let digit = 0;
	let stained = false;
	let before = performance.now();

	function fail(answer: Sip2Trouble): void {
		ended ??= new Broken(answer);
		stained ||= framer.pending > 0;
		framer.wipe();
		socket.destroy();
		for (const reject of waiting) reject(ended);
		waiting.clear();
	}

	socket.on('data', (chunk: Buffer) => {
		if (ended) return void chunk.fill(0);
		const messages = pushed(framer, chunk);
		chunk.fill(0);
		if (!messages) return fail({ outcome: 'misconfigured', reason: 'unreadable' });
		const [message, ...surplus] = messages;
		const taken = answered;
		if (surplus.length > 0 || (framer.pending > 0 && (message || !taken)) || (message && !taken)) {
			for (const one of messages) one.fill(0);
			return fail(SURPLUS);
		}
		if (!message) return;
		answered = null;
		taken?.(message);
	});
	socket.on('error', (error) => fail({ outcome: 'unavailable', reason: reasonOfError(error, at) }));
	socket.on('close', () => {
		fail({
			outcome: 'unavailable',
			reason: ({ connecting: 'unreachable', securing: 'tls', open: 'closed' } as const)[at],
		});
	});

	/** Waits for something, for so long and not beyond the conversation's end. */
	async function within<T>(milliseconds: number, start: (resolve: (value: T) => void) => void): Promise<T> {
		if (ended) throw ended;
		const { promise, resolve, reject } = Promise.withResolvers<T>();
		const silent = at === 'connecting' ? 'unreachable' : 'silent';
		const late = setTimeout(() => fail({ outcome: 'unavailable', reason: silent }), milliseconds);
		waiting.add(reject);
		start(resolve);
		return promise.finally(() => {
			clearTimeout(late);
			waiting.delete(reject);
		});
	}

	async function exchange(bytes: Uint8Array, question: Question, milliseconds: number) {
		const message = await within<Buffer>(milliseconds, (resolve) => {
			answered = resolve;
			socket.write(bytes);
		});
		const read = decodeMessage(message, form, question.wanted);
		message.fill(0);
		return read;
	}

	/** The answer to a request; what had to be repeated is repeated once. */
	async function settled(bytes: Uint8Array, question: Question, milliseconds: number) {
		const read = await exchange(bytes, question, milliseconds);
		if (read === 'checksum') {
			stained = true;
			trace({ step: 'asked_to_repeat', by: 'us' });
			const again = await exchange(Buffer.from(RESEND + ENDS[form.terminator]), question, milliseconds);
			stained = typeof again === 'string';
			return again;
		}
		if (typeof read === 'string' || read.code !== '96') return read;
		// "Send it again": once and to the letter. Over TCP it means that a setting is wrong, so there is no third time.
		trace({ step: 'asked_to_repeat', by: 'them' });
		return exchange(bytes, question, milliseconds);
	}

	function lap(): number {
		const started = before;
		before = performance.now();
		return Math.round(before - started);
	}

	function ending(answer: Sip2Trouble): Broken {
		fail(answer);
		return ended!;
	}

	return {
		fail,
		trace,
		get stained() {
			return stained || framer.pending > 0;
		},
		async until(event, milliseconds) {
			await within<void>(milliseconds, (resolve) => socket.once(event, () => resolve()));
			if (event === 'connect') {
				at = socket instanceof TLSSocket ? 'securing' : 'open';
				trace({ step: 'connected', ms: lap() });
			} else if (socket instanceof TLSSocket) {
				at = 'open';
				const { valid_to: validTo } = socket.getPeerCertificate();
				trace({ step: 'secured', ms: lap(), protocol: socket.getProtocol() ?? '', validTo });
			}
		},
		async quiet() {
			await new Promise((resolve) => setImmediate(resolve));
			const surplus = ended?.answer.outcome === 'misconfigured' ? ended : null;
			if (surplus || stained || framer.pending > 0) throw surplus ?? ending(SURPLUS);
		},
		async ask(question, milliseconds) {
			const sequence = settings.errorDetection === 'off' ? null : String(digit++ % 10);
			const bytes = encodeMessage({ ...question, sequence }, form);
			// Wiped in the end only, since it may have to be sent again.
			const read = await settled(bytes, question, milliseconds).finally(() => bytes.fill(0));
			if (typeof read === 'string') {
				throw ending({ outcome: 'misconfigured', reason: read === 'checksum' ? 'checksum' : 'unreadable' });
			}
			trace({
				step: 'answered',
				ms: lap(),
				question: question.code,
				code: read.code,
				sequence: read.sequence !== null,
				checksum: read.sealed,
				fields: read.ids,
				junk: read.junk,
			});
			if (read.code === '96') throw ending({ outcome: 'misconfigured', reason: 'resend' });
			if (read.code !== question.answer) throw ending({ outcome: 'misconfigured', reason: 'code' });
			const fault = faultOfDetection(read, { sequence, errorDetection: settings.errorDetection });
			if (fault) throw ending(fault);
			return { answer: read, sequence };
		},
	};
}

function pushed(framer: Framer, chunk: Buffer): Buffer[] | null {
	try {
		return framer.push(chunk);
	} catch (error) {
		if (error instanceof RangeError) return null;
		throw error;
	}
}
