import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { IlsPatron } from './deck.ts';
import { answer, type IlsFacts, type IlsSession } from './simulator/answer.ts';
import type { Charset } from './wire/charset.ts';
import { decodeMessage } from './wire/decode.ts';
import { encodeMessage } from './wire/encode.ts';
import { STANDARD_FORM } from './wire/form.ts';
import { Framer } from './wire/framer.ts';
import { transactionDate } from './wire/local-time.ts';

/**
 * How a catalogue can be made to fail: it ends every connection (`dead`), takes questions and never answers (`silent`), holds its answers until
 * `release` (`late`), says that it is off line (`offline`), says yes to any PIN (`says_yes`), or answers for somebody else (`another_patron`).
 */
export type Misbehavior = 'dead' | 'silent' | 'late' | 'offline' | 'says_yes' | 'another_patron' | null;

/** A catalogue that speaks SIP2 over TCP, for tests and demonstrations. Answers as a well-known SIP2 server was recorded to. */
export interface Ils {
	readonly port: number;
	misbehave(how: Misbehavior): void;
	/** Sends what was held back while it was `late`. */
	release(): void;
	/** How many times it was asked about a card since it was started. */
	asked(card: string): number;
	/** Connections that are open now. */
	readonly connections: number;
	close(): Promise<void>;
}

export interface IlsOptions {
	readonly deck: readonly IlsPatron[];
	/** 0 takes a free one. */
	readonly port?: number;
	readonly login?: { readonly user: string; readonly password: string };
	readonly institution?: string;
	readonly farewell?: string;
	readonly charset?: Charset;
	readonly now?: () => number;
	readonly zone?: string;
}

const RESEND_PLEASE = Buffer.from('96AZFEF6\r');
const MOST_WRONG_LOGINS = 3;

/**
 * Starts one on 127.0.0.1. With a `login`, nothing but 93 and 99 is answered before it was right, and the third wrong one ends the connection. The
 * answer has error detection exactly when the question had.
 */
export async function startIls(options: IlsOptions): Promise<Ils> {
	const form = { ...STANDARD_FORM, charset: options.charset ?? STANDARD_FORM.charset };
	const { zone = 'UTC', now = Date.now } = options;
	const counts = new Map<string, number>();
	const sockets = new Set<Socket>();
	const held: (() => void)[] = [];
	let misbehavior: Misbehavior = null;
	const facts: IlsFacts = {
		patrons: options.deck,
		login: options.login ?? null,
		institution: options.institution ?? 'UNDERSTORY',
		farewell: options.farewell ?? null,
		date: () => transactionDate(now(), zone),
		saysYes: () => misbehavior === 'says_yes',
		named: (card) => (misbehavior === 'another_patron' ? `9${card.slice(1)}` : card),
		online: () => misbehavior !== 'offline',
		asked: (card) => counts.set(card, (counts.get(card) ?? 0) + 1),
	};

	function serve(socket: Socket): void {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
		socket.on('error', () => socket.destroy());
		if (misbehavior === 'dead') return void socket.destroy();
		const framer = new Framer();
		const session: IlsSession = { loggedIn: facts.login === null, wrongLogins: 0 };
		let last: Buffer | null = null;
		const say = (bytes: Buffer) => {
			if (misbehavior === 'late') held.push(() => socket.write(bytes));
			else socket.write(bytes);
		};
		const hear = (bytes: Buffer) => {
			const request = decodeMessage(trimmed(bytes), form);
			if (request === 'checksum') return say(RESEND_PLEASE);
			if (typeof request !== 'string' && request.code === '97' && last) return say(last);
			const reply = typeof request === 'string' ? 'close' : answer(facts, session, request);
			if (reply === 'close' || typeof request === 'string') return void socket.destroy();
			last = encodeMessage({ ...reply, sequence: request.sequence }, form);
			say(last);
			if (session.wrongLogins >= MOST_WRONG_LOGINS) socket.end();
		};
		socket.on('data', (chunk: Buffer) => {
			if (misbehavior === 'silent') return;
			try {
				for (const bytes of framer.push(chunk)) hear(bytes);
			} catch (error) {
				// A line without an end, or an answer that cannot be written: not worth keeping the connection for.
				if (!(error instanceof RangeError)) throw error;
				socket.destroy();
			}
		});
	}

	const server = createServer(serve);
	await new Promise<void>((resolve, reject) => {
		server.once('error', reject);
		server.listen(options.port ?? 0, '127.0.0.1', resolve);
	});
	let closing: Promise<void> | null = null;
	return {
		port: (server.address() as AddressInfo).port,
		misbehave(how) {
			misbehavior = how;
		},
		release() {
			for (const send of held.splice(0)) send();
		},
		asked: (card) => counts.get(card) ?? 0,
		get connections() {
			return sockets.size;
		},
		close() {
			closing ??= new Promise((resolve) => {
				server.close(() => resolve());
				for (const socket of sockets) socket.destroy();
			});
			return closing;
		},
	};
}

/** Without error detection this server trims everything after the last letter or digit of a message, delimiters included. */
function trimmed(bytes: Buffer): Buffer {
	if (/AZ[0-9A-F]{4}$/.test(bytes.toString('latin1'))) return bytes;
	let end = bytes.length;
	while (end > 0 && !/[A-z0-9]/.test(String.fromCharCode(bytes[end - 1]!))) end--;
	return bytes.subarray(0, end);
}
