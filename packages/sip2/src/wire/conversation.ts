import type { Socket } from 'node:net';
import { type ErrorDetection, faultOfDetection, type Sip2Decision } from '../decision.ts';
import type { Charset } from './charset.ts';
import { Framer } from './framer.ts';
import { decodeMessage, encodeMessage, type ReceivedMessage, type Sip2Field } from './message.ts';

/** A conversation that cannot go on, and what that comes to. */
export class Broken extends Error {
	readonly decision: Sip2Decision;
	constructor(decision: Sip2Decision) {
		super(decision.outcome);
		this.name = 'Broken';
		this.decision = decision;
	}
}

/** One side of a SIP2 connection: one request, its answer, then the next. */
export interface Conversation {
	/**
	 * Sends a request and returns its answer, whose code must be `expected`, with the sequence digit that was sent. Throws `Broken` when none
	 * comes within `milliseconds`, or another one than was asked for; the socket is gone then.
	 */
	ask(
		request: { code: string; fixed: string; fields: readonly Sip2Field[] },
		expected: string,
		milliseconds: number,
	): Promise<{ answer: ReceivedMessage; sequence: string | null }>;
	/** Ends it from outside. */
	fail(decision: Sip2Decision): void;
	/** Has a byte come that belongs to no answer that was taken? */
	readonly stained: boolean;
}

/** Asks for the last message once more; the same four digits always, since it has no sequence (SIP2 section 2). */
const RESEND = Buffer.from('97AZFEF5\r');

/** Speaks on a socket. Surplus bytes, another digit, a broken checksum twice: each ends the conversation (reference/library-sso.md 1.6, 1.8). */
export function conversation(
	socket: Socket,
	settings: { readonly errorDetection: ErrorDetection; readonly charset: Charset },
): Conversation {
	const framer = new Framer();
	let waiting: PromiseWithResolvers<Buffer> | null = null;
	let ended: Broken | null = null;
	let digit = 0;
	let rejected = 0;

	function fail(decision: Sip2Decision): void {
		ended ??= new Broken(decision);
		waiting?.reject(ended);
		waiting = null;
		socket.destroy();
	}

	socket.on('data', (chunk: Buffer) => {
		const messages = pushed(framer, chunk);
		if (!messages) return fail({ outcome: 'misconfigured', reason: 'unreadable' });
		const surplus = waiting ? messages.length > 1 : messages.length > 0;
		const more = framer.pending > 0 && (!waiting || messages.length > 0);
		if (surplus || more) return fail({ outcome: 'misconfigured', reason: 'surplus' });
		if (messages.length === 0) return;
		waiting?.resolve(messages[0]!);
		waiting = null;
	});
	socket.on('error', () => fail({ outcome: 'unavailable', reason: 'unreachable' }));
	socket.on('close', () => fail({ outcome: 'unavailable', reason: 'closed' }));

	async function exchange(bytes: Buffer, milliseconds: number): Promise<Buffer> {
		if (ended) throw ended;
		const reply = Promise.withResolvers<Buffer>();
		waiting = reply;
		const late = setTimeout(() => fail({ outcome: 'unavailable', reason: 'silent' }), milliseconds);
		socket.write(bytes);
		return reply.promise.finally(() => clearTimeout(late));
	}

	return {
		fail,
		get stained() {
			return rejected > 0 || framer.pending > 0;
		},
		async ask(request, expected, milliseconds) {
			const sequence = settings.errorDetection === 'off' ? null : String(digit++ % 10);
			const bytes = encodeMessage({ ...request, sequence }, settings.charset);
			let read = decodeMessage(await exchange(bytes, milliseconds), settings.charset);
			if (read === 'checksum') {
				rejected++;
				read = decodeMessage(await exchange(RESEND, milliseconds), settings.charset);
				if (typeof read !== 'string') rejected--;
			} else if (typeof read !== 'string' && read.code === '96') {
				// "Send it again": once and to the letter. Over TCP it means that a setting is wrong, so there is no third time.
				read = decodeMessage(await exchange(bytes, milliseconds), settings.charset);
			}
			if (typeof read === 'string') {
				throw ending({ outcome: 'misconfigured', reason: read === 'checksum' ? 'checksum' : 'unreadable' });
			}
			if (read.code === '96') throw ending({ outcome: 'misconfigured', reason: 'resend' });
			if (read.code !== expected) throw ending({ outcome: 'misconfigured', reason: 'code' });
			const fault = faultOfDetection(read, { sequence, errorDetection: settings.errorDetection });
			if (fault) throw ending(fault);
			return { answer: read, sequence };
		},
	};

	function ending(decision: Sip2Decision): Broken {
		fail(decision);
		return new Broken(decision);
	}
}

function pushed(framer: Framer, chunk: Buffer): Buffer[] | null {
	try {
		return framer.push(chunk);
	} catch (error) {
		if (error instanceof RangeError) return null;
		throw error;
	}
}
