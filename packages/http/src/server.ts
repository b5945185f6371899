import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { PublicError } from '@understory/core/errors.ts';

/** A server that listens, and a way to stop it without breaking off answers. */
export interface Listening {
	readonly port: number;
	readonly address: string;
	/** Takes no new connection, lets running answers finish for `graceMilliseconds` (5,000), then closes the rest. */
	close(graceMilliseconds?: number): Promise<void>;
}

/**
 * Listens on an address. Port 0 takes a free one. Whoever has not sent a whole request after `patienceMs` (60,000) is answered with 408 and let go, so
 * that slow senders hold no places. Throws `PublicError` with code `port_in_use`, `port_not_allowed` or
 * `address_not_here` and a sentence an operator can act on.
 */
export async function listen(
	handle: (request: IncomingMessage, response: ServerResponse) => void,
	options: { port: number; address?: string; patienceMs?: number },
): Promise<Listening> {
	const address = options.address ?? '127.0.0.1';
	const patience = options.patienceMs ?? 60_000;
	const server = createServer(
		{
			requestTimeout: patience,
			headersTimeout: Math.min(20_000, patience),
			connectionsCheckingInterval: Math.min(10_000, patience),
			maxHeaderSize: 16_384,
		},
		(request, response) => {
			// A connection that was busy when the stop began would otherwise be kept alive, and waited for, with nothing to do.
			response.once('close', () => {
				if (closing) setImmediate(() => server.closeIdleConnections());
			});
			handle(request, response);
		},
	);
	let closing: Promise<void> | null = null;
	await new Promise<void>((resolve, reject) => {
		server.once('error', (cause: NodeJS.ErrnoException) => reject(refusal(cause, options.port)));
		server.listen(options.port, address, resolve);
	});
	const port = (server.address() as AddressInfo).port;
	return {
		port,
		address,
		close(graceMilliseconds = 5_000) {
			closing ??= stop(server, graceMilliseconds);
			return closing;
		},
	};
}

function stop(server: Server, grace: number): Promise<void> {
	return new Promise((resolve) => {
		const late = setTimeout(() => server.closeAllConnections(), grace);
		server.close(() => {
			clearTimeout(late);
			resolve();
		});
		server.closeIdleConnections();
	});
}

function refusal(cause: NodeJS.ErrnoException, port: number): Error {
	if (cause.code === 'EADDRINUSE') {
		const sentence = `Port ${port} is in use by another program. Stop that program, or choose another port.`;
		return new PublicError(500, 'port_in_use', sentence, { cause });
	}
	if (cause.code === 'EACCES') {
		const sentence = `This user may not listen on port ${port}. Choose a port above 1023.`;
		return new PublicError(500, 'port_not_allowed', sentence, { cause });
	}
	if (cause.code === 'EADDRNOTAVAIL') {
		const sentence =
			'This machine does not have the address that was to be listened on. Choose another address.';
		return new PublicError(500, 'address_not_here', sentence, { cause });
	}
	return cause;
}
