import { OutgoingFailure } from '@understory/outgoing/failure.ts';
import type { Outgoing, OutgoingResponse } from '@understory/outgoing/outgoing.ts';
import { ServerUnread } from './server-fault.ts';

/** For one answer, in bytes: the longest rules that are known are a tenth of it. */
const MAX_BYTES = 256 * 1024;
/** For one answer, in milliseconds. */
const TIMEOUT = 10_000;

/** A server that is asked, at one origin and nowhere else. */
export interface ServerAsker {
	/** The JSON at a path; null where the server has nothing there. Throws `ServerUnread`. */
	json(path: string): Promise<unknown>;
	/** The plain text at a path; null where there is none, or it is another's. Throws `ServerUnread`. */
	text(path: string): Promise<string | null>;
}

/** Asks a server by the guarded client. No redirect is followed, so whoever answers is whoever was asked. */
export function askServer(
	outgoing: Pick<Outgoing, 'request'>,
	origin: string,
	signal?: AbortSignal,
): ServerAsker {
	async function get(path: string, accept: string): Promise<OutgoingResponse | null> {
		const answer = await outgoing
			.request({
				url: origin + path,
				headers: { accept },
				...{ timeoutMs: TIMEOUT, maxBytes: MAX_BYTES, redirects: 0, signal },
			})
			.catch((cause: unknown) => {
				throw cause instanceof OutgoingFailure ? unreadFor(cause) : cause;
			});
		const { status } = answer;
		if (status === 200) return answer;
		if (status === 404 || status === 410 || status === 501) return null;
		if (status >= 300 && status < 400) throw new ServerUnread('moved');
		if (status === 401 || status === 403) throw new ServerUnread('closed');
		throw new ServerUnread('trouble', { detail: `status ${status}` });
	}
	const isType = (answer: OutgoingResponse, type: RegExp) => type.test(answer.headers['content-type'] ?? '');

	return {
		async json(path) {
			const answer = await get(path, 'application/json');
			// Servers with an application of one page answer everything with that page.
			if (!answer || isType(answer, /^text\/html/i)) return null;
			try {
				return JSON.parse(answer.body.toString('utf8')) as unknown;
			} catch (cause) {
				throw new ServerUnread('unreadable', { detail: path, cause });
			}
		},
		async text(path) {
			// Some lead to the file of whoever runs the machine, which is not the server's own word.
			const answer = await get(path, 'text/plain').catch((error: unknown) => {
				if (error instanceof ServerUnread && error.code === 'moved') return null;
				throw error;
			});
			return answer && isType(answer, /^text\/plain/i) ? answer.body.toString('utf8') : null;
		},
	};
}

function unreadFor(cause: OutgoingFailure): ServerUnread {
	if (cause.code === 'refused_address' || cause.code === 'refused_url')
		return new ServerUnread('refused_address', { cause });
	if (cause.code === 'too_large') return new ServerUnread('too_large', { cause });
	return new ServerUnread(cause.silent ? 'silent' : 'unreadable', { cause });
}
