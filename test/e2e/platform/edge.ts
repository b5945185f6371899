import { readFileSync } from 'node:fs';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';

/** The proxy before a platform of processes: it passes the Host on, says for whom and how it was asked, and knows no more than names. */
export interface Edge {
	/** Where visitors of the test come in; they are told apart from TLS by nothing but the port. */
	readonly port: number;
	/** Where the roles come in, over TLS. */
	readonly tlsPort: number;
	/** Certificate of the authority that made the edge's. */
	readonly authority: string;
	close(): Promise<void>;
}

const TLS = new URL('tls/', import.meta.url);

/** Where the process listens that answers for a host name; an address of this machine unless it says otherwise. */
export interface Place {
	readonly address?: string;
	readonly port: number;
}

/** Starts one. `placeOf` tells who answers for a host name; when it throws, nobody does. `tlsAddress` is where the roles reach it. */
export async function startEdge(
	placeOf: (hostname: string) => Place | Promise<Place>,
	tlsAddress = '127.0.0.1',
): Promise<Edge> {
	const refuse = (outgoing: ServerResponse): void => {
		if (outgoing.headersSent) return void outgoing.destroy();
		outgoing.writeHead(502, { 'content-type': 'text/plain' });
		outgoing.end('Nobody answers behind the edge.\n');
	};
	const pass = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
		const host = incoming.headers.host ?? '';
		Promise.resolve(host.split(':')[0]!)
			.then(placeOf)
			.then(
				(place) => send(place, incoming, outgoing),
				() => refuse(outgoing),
			);
	};
	const send = (place: Place, incoming: IncomingMessage, outgoing: ServerResponse): void => {
		const sent = request(
			{
				host: place.address ?? '127.0.0.1',
				port: place.port,
				method: incoming.method,
				path: incoming.url,
				headers: { ...incoming.headers, 'x-forwarded-for': '203.0.113.9', 'x-forwarded-proto': 'https' },
				agent: false,
			},
			(answer) => {
				outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
				answer.pipe(outgoing);
			},
		);
		sent.on('error', () => refuse(outgoing));
		incoming.pipe(sent);
	};
	const plain = createServer(pass);
	const tls = createTlsServer(
		{ key: readFileSync(new URL('edge.key.pem', TLS)), cert: readFileSync(new URL('edge.pem', TLS)) },
		pass,
	);
	await new Promise<void>((done) => plain.listen(0, '127.0.0.1', done));
	await new Promise<void>((done) => tls.listen(0, tlsAddress, done));
	return {
		port: (plain.address() as AddressInfo).port,
		tlsPort: (tls.address() as AddressInfo).port,
		authority: fileURLToPath(new URL('authority.pem', TLS)),
		async close() {
			for (const server of [plain, tls]) {
				server.closeAllConnections();
				await new Promise((done) => server.close(done));
			}
		},
	};
}
