import { OutgoingFailure } from '@understory/outgoing/failure.ts';
import type { BranchContext } from '../context.ts';

/** How long somebody's server may take, in milliseconds. */
const TIMEOUT = 20_000;

/** What is read at an address that a host named. */
export interface Published<T> {
	readonly url: string;
	/** The media types that are asked for. */
	readonly accept: string;
	/** The largest that is read, in bytes. */
	readonly maxBytes: number;
	/** Null for what is no such thing. */
	read(body: Buffer): Promise<T | null>;
}

/** Why nothing was read: no answer, more than is read, or an answer that is no such thing. */
export type Unread = 'silent' | 'large' | 'none';

/** Reads what somebody publishes, by the one guarded client. Throws what `read` throws, and no fault of the network. */
export async function readPublished<T>(
	{ outgoing }: Pick<BranchContext, 'outgoing'>,
	{ url, accept, maxBytes, read }: Published<T>,
): Promise<T | Unread> {
	try {
		const answer = await outgoing.request({
			url,
			headers: { accept },
			maxBytes,
			timeoutMs: TIMEOUT,
			redirects: 3,
		});
		if (answer.status >= 500) return 'silent';
		return (answer.status === 200 ? await read(answer.body) : null) ?? 'none';
	} catch (error) {
		if (!(error instanceof OutgoingFailure)) throw error;
		if (error.code === 'too_large') return 'large';
		return error.silent ? 'silent' : 'none';
	}
}

/** Is this an address on the web that a host can name? */
export function isWebAddress(text: string): boolean {
	return text.length <= 500 && URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
