import type { IncomingMessage } from 'node:http';
import { Malformed, TooLarge } from '@understory/core/errors.ts';

/** The largest activity we read, in bytes; what Mastodon accepts too. */
export const MAX_ACTIVITY = 1_000_000;

/**
 * The bytes of a request's body. Throws TooLarge before reading more than `limit`, and Malformed when the sender hung up or somebody
 * read the body before us. Bytes rather than a stream or a Blob: a Blob body leaks on Node 24 (reference/codebases.md 9).
 */
export async function readBody(request: IncomingMessage, limit: number = MAX_ACTIVITY): Promise<Buffer> {
	if (Number(request.headers['content-length']) > limit) throw tooLarge(limit);
	if (request.readableEnded) throw new Malformed('The body was read before it came here.');
	const chunks: Buffer[] = [];
	let size = 0;
	try {
		for await (const chunk of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
			size += chunk.length;
			if (size > limit) throw tooLarge(limit);
			chunks.push(chunk);
		}
	} catch (error) {
		if (error instanceof TooLarge) throw error;
		throw new Malformed('The body did not arrive whole.', { cause: error });
	}
	return Buffer.concat(chunks, size);
}

function tooLarge(limit: number): TooLarge {
	return new TooLarge(`An activity may have ${limit} bytes at most.`);
}
