import { type AddressInfo, createServer, type Socket } from 'node:net';
import type { DemoPatron } from './deck.ts';
import { decodeMessage, encodeMessage, Framer, onlyField, type Sip2Message, sip2Date } from './message.ts';

/** How a catalogue can be made to fail: closes every connection, never answers, says yes to any PIN, or answers for somebody else. */
export type Misbehavior = 'dead' | 'silent' | 'says_yes' | 'another_patron' | null;

/** A catalogue that speaks SIP2 over TCP, for tests and demonstrations. Answers as a well-known SIP2 server was recorded to. */
export interface Ils {
	readonly port: number;
	misbehave(how: Misbehavior): void;
	/** How many times it was asked about a card since it was started. */
	asked(card: string): number;
	close(): Promise<void>;
}

/** Starts one on 127.0.0.1. With a `login`, nothing is answered before 93 was right; three wrong ones end the connection. */
export async function startIls(options: {
	deck: readonly DemoPatron[];
	port?: number;
	login?: { user: string; password: string };
	institution?: string;
	now?: () => number;
}): Promise<Ils> {
	const patrons = new Map(options.deck.map((patron) => [patron.card, patron]));
	const counts = new Map<string, number>();
	const sockets = new Set<Socket>();
	const institution = options.institution ?? 'UNDERSTORY';
	const now = options.now ?? Date.now;
	let misbehavior: Misbehavior = null;

	const server = createServer((socket) => {
		sockets.add(socket);
		socket.on('close', () => sockets.delete(socket));
		socket.on('error', () => socket.destroy());
		if (misbehavior === 'dead') {
			socket.destroy();
			return;
		}
		const framer = new Framer();
		const state = { loggedIn: options.login === undefined, wrongLogins: 0 };
		socket.on('data', (chunk) => {
			try {
				for (const bytes of framer.push(chunk)) {
					if (misbehavior === 'silent') return;
					const answer = answerTo(decodeMessage(bytes), state);
					if (answer === null) return void socket.destroy();
					socket.write(answer);
				}
			} catch {
				// A line that never ends is not worth an answer.
				socket.destroy();
			}
		});
	});

	function answerTo(
		request: Sip2Message | string,
		state: { loggedIn: boolean; wrongLogins: number },
	): Buffer | null {
		if (request === 'checksum') return Buffer.from('96AZFEF6\r');
		if (typeof request === 'string') return null;
		const reply = (code: string, fixed: string, fields: Sip2Message['fields']) =>
			encodeMessage({ code, fixed, fields, sequence: request.sequence });
		if (request.code === '93') {
			const { login } = options;
			const right =
				!login || (onlyField(request, 'CN') === login.user && onlyField(request, 'CO') === login.password);
			const plain = request.fixed === '00';
			state.loggedIn = right && plain;
			if (!state.loggedIn && ++state.wrongLogins > 3) return null;
			return reply('94', state.loggedIn ? '1' : '0', []);
		}
		if (!state.loggedIn) return null;
		if (request.code === '99') {
			const fixed = `YNNYNN600003${sip2Date(now())}2.00`;
			return reply('98', fixed, [
				['AO', institution],
				['BX', 'YYYYYYYYYYNYNYYYY'],
			]);
		}
		if (request.code === '63') return reply('64', ...patronAnswer(request));
		if (request.code === '35') {
			return reply('36', `Y${sip2Date(now())}`, [
				['AO', institution],
				['AA', onlyField(request, 'AA') ?? ''],
			]);
		}
		return null;
	}

	function patronAnswer(request: Sip2Message): [fixed: string, fields: Sip2Message['fields']] {
		const first = (id: string) => request.fields.find(([known]) => known === id)?.[1];
		const card = first('AA') ?? '';
		counts.set(card, (counts.get(card) ?? 0) + 1);
		const patron = patrons.get(card);
		const fixed = (status: string) => `${status}000${sip2Date(now())}${'0000'.repeat(6)}`;
		if (!patron) {
			return [
				fixed(`YYYY${' '.repeat(10)}`),
				[
					['AO', institution],
					['AA', card],
					['AE', ''],
					['BL', 'N'],
					['CQ', 'N'],
				],
			];
		}
		const pin = first('AD');
		const right = misbehavior === 'says_yes' || pin === patron.pin;
		const lost = patron.state === 'lost';
		const blocked = patron.state === 'blocked';
		const status = lost ? `YYYYY${' '.repeat(9)}` : ' '.repeat(14);
		const answeredCard = misbehavior === 'another_patron' ? `9${card.slice(1)}` : card;
		return [
			fixed(status),
			[
				['AO', institution],
				['AA', answeredCard],
				['AE', patron.name],
				['BL', 'Y'],
				...(pin === undefined ? [] : ([['CQ', right ? 'Y' : 'N']] as const)),
				['PA', patron.expires],
				['PB', patron.born],
				['XI', `i${card.slice(-7)}`],
				...(blocked ? ([['AF', 'Barred until you see the desk']] as const) : []),
			],
		];
	}

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
		asked: (card) => counts.get(card) ?? 0,
		close() {
			closing ??= new Promise((resolve) => {
				server.close(() => resolve());
				for (const socket of sockets) socket.destroy();
			});
			return closing;
		},
	};
}
