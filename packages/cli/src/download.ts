import { Unavailable } from '@understory/core/errors.ts';

/** The largest file of a log: a bundle of 256 entries of 65,535 bytes. */
const MAX_BYTES = 17_000_000;

/**
 * Reads a file of a log from the address that a person named; null when it is not there. No redirect is followed. Throws `Unavailable` when
 * nobody answers or the answer is none.
 */
export async function download(url: URL): Promise<Buffer | null> {
	const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(30_000) }).catch(
		(cause: unknown) => {
			throw new Unavailable(`Nobody answers at ${url.origin}.`, 'no_answer', { cause });
		},
	);
	if (response.status === 404 || response.status === 410) return null;
	if (!response.ok) throw new Unavailable(`${url} answers with status ${response.status}.`, 'no_answer');
	const bytes = Buffer.from(await response.arrayBuffer());
	if (bytes.length > MAX_BYTES)
		throw new Unavailable(`${url} is too large for a file of a log.`, 'too_large');
	return bytes;
}
