import { once } from 'node:events';
import { type AddressInfo, createServer, type Socket } from 'node:net';
import { createServer as createSecureServer, type TlsOptions } from 'node:tls';
import { encodeMessage } from '../src/wire/encode.ts';
import type { Sip2Field } from '../src/wire/message.ts';

/** What a request came to at the other end: an answer's bytes, several writes, or the end of the connection. */
export type Reaction = Buffer | string | readonly (Buffer | string)[] | 'hang up' | null;

/** A catalogue that does exactly what a test says, right or wrong. */
export interface ScriptedAcs {
	readonly port: number;
	/** Every request as it came, without its end. */
	readonly heard: string[];
	/** Resolves when a connection to it has ended. */
	ended(): Promise<void>;
	close(): Promise<void>;
}

/** Starts one; `react` is called with each request (ended by CR) and what came before it. */
export async function scriptedAcs(
	react: (request: string, sequence: string | null, heard: readonly string[]) => Reaction,
	secure?: TlsOptions,
): Promise<ScriptedAcs> {
	const heard: string[] = [];
	const sockets = new Set<Socket>();
	const serve = (socket: Socket) => {
		sockets.add(socket);
		socket.setNoDelay(true);
		socket.on('error', () => socket.destroy());
		socket.on('close', () => {
			sockets.delete(socket);
			server.emit('ended');
		});
		let rest = '';
		socket.on('data', async (chunk: Buffer) => {
			rest += chunk.toString('latin1');
			for (let end = rest.indexOf('\r'); end >= 0; end = rest.indexOf('\r')) {
				const request = rest.slice(0, end);
				rest = rest.slice(end + 1);
				heard.push(request);
				const sequence = /AY(\d)AZ[0-9A-F]{4}$/.exec(request)?.[1] ?? null;
				const reaction = react(request, sequence, heard);
				if (reaction === 'hang up') socket.destroy();
				else if (Array.isArray(reaction)) for (const part of reaction) await sent(socket, part);
				else if (reaction !== null) await sent(socket, reaction as Buffer | string);
			}
		});
	};
	const server = secure ? createSecureServer(secure, serve) : createServer(serve);
	server.listen(0, '127.0.0.1');
	await once(server, 'listening');
	return {
		port: (server.address() as AddressInfo).port,
		heard,
		async ended() {
			if (sockets.size > 0 || heard.length === 0) await once(server, 'ended');
		},
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				for (const socket of sockets) socket.destroy();
			}),
	};
}

/** Each part is handed to the network by itself, so that it may arrive by itself. */
function sent(socket: Socket, part: Buffer | string): Promise<void> {
	return new Promise((resolve) => {
		socket.write(part, () => setImmediate(resolve));
	});
}

export const DATE = '20261122    185100';

export function answer64(
	fields: readonly Sip2Field[],
	sequence: string | null,
	flags = ' '.repeat(14),
): Buffer {
	return encodeMessage({ code: '64', fixed: `${flags}000${DATE}${'0000'.repeat(6)}`, fields, sequence });
}

export function answer94(ok: '0' | '1', sequence: string | null): Buffer {
	return encodeMessage({ code: '94', fixed: ok, fields: [], sequence });
}

export function answer98(online: string, sequence: string | null): Buffer {
	const fixed = `${online}NNYNN600003${DATE}2.00`;
	return encodeMessage({ code: '98', fixed, fields: [['AO', 'UWOLS']], sequence });
}

export function answer36(sequence: string | null): Buffer {
	return encodeMessage({
		code: '36',
		fixed: `Y${DATE}`,
		fields: [
			['AO', 'UWOLS'],
			['AA', ''],
		],
		sequence,
	});
}

/** Answers every kind of request as a good catalogue does, but for one. */
export function allButOne(
	code: string,
	odd: (request: string, sequence: string | null, heard: readonly string[]) => Reaction,
	card = '29000000000001',
): (request: string, sequence: string | null, heard: readonly string[]) => Reaction {
	return (request, sequence, heard) => {
		if (request.startsWith(code)) return odd(request, sequence, heard);
		if (request.startsWith('93')) return answer94('1', sequence);
		if (request.startsWith('99')) return answer98('Y', sequence);
		if (request.startsWith('63')) return answer64(yes(card), sequence);
		if (request.startsWith('35')) return answer36(sequence);
		return 'hang up';
	};
}

/** The fields of a plain yes. */
export function yes(card: string): Sip2Field[] {
	return [
		['AO', 'UWOLS'],
		['AA', card],
		['AE', 'Adult, Ada'],
		['BL', 'Y'],
		['CQ', 'Y'],
		['PA', '20301231'],
		['PB', '19800102'],
		['XI', '1000'],
	];
}
