import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { MAX_REQUEST, type Witness, type WitnessAnswer } from '@understory/transparency-log/witness.ts';

/** Milliseconds in which a request has to have come whole. */
const PATIENCE_MS = 10_000;

/**
 * A witness over HTTP (C2SP tlog-witness v1.0.0): `POST /add-checkpoint`, and `GET /<sha256 of the origin>/checkpoint` for whoever compares.
 */
export function witnessServer(parts: {
	readonly witness: Witness;
	/** Told of what went wrong here; the caller is told only that it did. */
	failed(error: unknown): void;
}): Server {
	const { witness, failed } = parts;

	async function answer(
		request: IncomingMessage,
	): Promise<Pick<WitnessAnswer, 'contentType' | 'body'> & { status: number }> {
		const { method, url = '' } = request;
		if (method === 'POST' && url === '/add-checkpoint') {
			const body = await bodyOf(request);
			return body === null ? text(413, 'This request is too long.\n') : witness.addCheckpoint(body);
		}
		const hash = /^\/([0-9a-f]{64})\/checkpoint$/.exec(url)?.[1];
		const note = method === 'GET' && hash ? await witness.latestByHash(hash) : null;
		if (note !== null) return text(200, note);
		return method === 'GET' && url === '/'
			? text(200, `${witness.vkey}\n`)
			: text(404, 'There is nothing here.\n');
	}

	const server = createServer((request: IncomingMessage, response: ServerResponse) => {
		answer(request)
			.catch((error: unknown) => {
				failed(error);
				return text(500, 'Something went wrong here; it was written down.\n');
			})
			.then(({ status, contentType, body }) => {
				response.writeHead(status, { 'content-type': contentType, 'cache-control': 'no-store' }).end(body);
			});
	});
	server.requestTimeout = PATIENCE_MS;
	server.headersTimeout = PATIENCE_MS;
	server.maxHeadersCount = 50;
	return server;
}

function text(status: number, body: string) {
	return { status, contentType: 'text/plain; charset=utf-8', body };
}

/** The body as text; null when it is too long, whose rest is thrown away. */
async function bodyOf(request: IncomingMessage): Promise<string | null> {
	const chunks: Buffer[] = [];
	let length = 0;
	for await (const chunk of request) {
		length += (chunk as Buffer).length;
		if (length <= MAX_REQUEST) chunks.push(chunk as Buffer);
		else if (length > 64 * MAX_REQUEST) {
			request.destroy();
			break;
		}
	}
	return length > MAX_REQUEST ? null : Buffer.concat(chunks).toString('utf8');
}
