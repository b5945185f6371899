import { createServer, type IncomingMessage, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server somewhere else, for the tests: what it was asked is kept, and its name is one of the town's. */
export interface FarServer {
	readonly port: number;
	readonly origin: string;
	readonly asked: { method: string; url: string; headers: IncomingMessage['headers']; body: string }[];
	/** Resolves when the client has let go of a connection that was not answered yet. */
	readonly dropped: Promise<void>;
	close(): Promise<void>;
}

/** Starts a real server on a free port of 127.0.0.1. Bodies are read before `answer` is called. */
export async function farServer(name: string, answer: RequestListener): Promise<FarServer> {
	const asked: FarServer['asked'] = [];
	const dropped = Promise.withResolvers<void>();
	const server = createServer((request, response) => {
		response.on('close', () => {
			if (!response.writableFinished) dropped.resolve();
		});
		const chunks: Buffer[] = [];
		request.on('data', (chunk: Buffer) => chunks.push(chunk));
		request.on('end', () => {
			const { method = '', url = '', headers } = request;
			asked.push({ method, url, headers, body: Buffer.concat(chunks).toString() });
			answer(request, response);
		});
	});
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	return {
		port,
		origin: `http://${name}.localhost:${port}`,
		asked,
		dropped: dropped.promise,
		close: () =>
			new Promise((resolve) => {
				server.close(() => resolve());
				server.closeAllConnections();
			}),
	};
}
