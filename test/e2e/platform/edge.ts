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

/** Starts one. `portOf` tells the port of the process that answers for a host name. */
export async function startEdge(portOf: (hostname: string) => number): Promise<Edge> {
	const pass = (incoming: IncomingMessage, outgoing: ServerResponse): void => {
		const host = incoming.headers.host ?? '';
		const sent = request(
			{
				host: '127.0.0.1',
				port: portOf(host.split(':')[0]!),
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
		sent.on('error', () => {
			if (outgoing.headersSent) return outgoing.destroy();
			outgoing.writeHead(502, { 'content-type': 'text/plain' });
			outgoing.end('Nobody answers behind the edge.\n');
		});
		incoming.pipe(sent);
	};
	const plain = createServer(pass);
	const tls = createTlsServer(
		{ key: readFileSync(new URL('edge.key.pem', TLS)), cert: readFileSync(new URL('edge.pem', TLS)) },
		pass,
	);
	for (const server of [plain, tls]) await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
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
