import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { createServer as createSecureServer } from 'node:tls';
import type { IlsPatron } from './deck.ts';
import type { IlsFacts } from './simulator/answer.ts';
import { serve } from './simulator/connection.ts';
import { MANNERS, type MannerName } from './simulator/makers.ts';
import type { Manner } from './simulator/manner.ts';
import type { Misbehavior } from './simulator/misbehavior.ts';

/** A catalogue that speaks SIP2 over TCP, for tests and demonstrations. Answers as well-known SIP2 servers were recorded to. */
export interface Ils {
	readonly port: number;
	misbehave(how: Misbehavior | null): void;
	/** Sends what was held back while it was `late`. */
	release(): void;
	/** How many times it was asked about a card since it was started. */
	asked(card: string): number;
	/** Connections that are open now. */
	readonly connections: number;
	/** Resolves when none is. */
	left(): Promise<void>;
	close(): Promise<void>;
}

export interface IlsOptions {
	readonly deck: readonly IlsPatron[];
	/** 0 takes a free one. */
	readonly port?: number;
	/** How it speaks; `sipserver` unless said otherwise. */
	readonly manner?: MannerName;
	/** What it does differently from its manner. */
	readonly differently?: Partial<Manner>;
	/** With it, it speaks TLS: its certificate and key, and, where it wants one from who comes, whose it takes. All PEM. */
	readonly tls?: { readonly certificate: string; readonly key: string; readonly clients?: string };
	/** Connections that are served at a time; whoever comes after connects and gets no answer until one of them ends. */
	readonly mostServed?: number;
	/** How long it thinks about each message, in milliseconds. */
	readonly thinks?: number;
	readonly login?: { readonly user: string; readonly password: string };
	readonly institution?: string;
	readonly farewell?: string;
	readonly now?: () => number;
	readonly zone?: string;
}

/**
 * Starts one on 127.0.0.1. With a `login`, most manners answer nothing but 93 and 99 before it was right. An answer has error detection when the
 * question had and the manner knows it.
 */
export async function startIls(options: IlsOptions): Promise<Ils> {
	const counts = new Map<string, number>();
	const sockets = new Set<Socket>();
	const served = new Set<Socket>();
	const waiting: Socket[] = [];
	const held: (() => void)[] = [];
	const leaving: (() => void)[] = [];
	let misbehavior: Misbehavior | null = null;
	const facts: IlsFacts = {
		manner: { ...MANNERS[options.manner ?? 'sipserver'], ...options.differently },
		patrons: options.deck,
		login: options.login ?? null,
		institution: options.institution ?? 'UNDERSTORY',
		farewell: options.farewell ?? null,
		zone: options.zone ?? 'UTC',
		now: options.now ?? Date.now,
		saysYes: () => misbehavior === 'says_yes',
		online: () => misbehavior !== 'offline',
		asked: (card) => counts.set(card, (counts.get(card) ?? 0) + 1),
	};

	function deliver(send: () => void): void {
		if (misbehavior === 'late') held.push(send);
		else if (options.thinks) setTimeout(send, options.thinks);
		else send();
	}

	function take(socket: Socket): void {
		served.add(socket);
		socket.on('close', () => {
			served.delete(socket);
			const next = waiting.shift();
			if (next) take(next);
		});
		serve(socket, { facts, misbehavior: () => misbehavior, deliver });
	}

	function greet(socket: Socket): void {
		sockets.add(socket);
		socket.setNoDelay(true);
		socket.on('error', () => socket.destroy());
		socket.on('close', () => {
			sockets.delete(socket);
			if (sockets.size === 0) for (const resolve of leaving.splice(0)) resolve();
			const at = waiting.indexOf(socket);
			if (at >= 0) waiting.splice(at, 1);
		});
		if (misbehavior === 'dead') socket.destroy();
		else if (served.size < (options.mostServed ?? Number.POSITIVE_INFINITY)) take(socket);
		else waiting.push(socket);
	}

	const server = listening(options, greet);
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
		left() {
			return new Promise((resolve) => {
				if (sockets.size === 0) resolve();
				else leaving.push(resolve);
			});
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

function listening({ tls }: IlsOptions, greet: (socket: Socket) => void): Server {
	if (!tls) return createServer(greet);
	const clients =
		tls.clients === undefined ? {} : { ca: tls.clients, requestCert: true, rejectUnauthorized: true };
	const server = createSecureServer({ cert: tls.certificate, key: tls.key, ...clients }, greet);
	// Whoever does not like the certificate hangs up in the handshake.
	server.on('tlsClientError', () => {});
	return server;
}
