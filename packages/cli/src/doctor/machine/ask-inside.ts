import type { Answered, Send } from '@understory/api-client/send.ts';

/** Milliseconds within which a process of this computer has to answer. */
const PATIENCE_MS = 5_000;

/** Asks a process of this installation; null when nobody answers. */
export function askInside(send: Send, url: string): Promise<Answered | null> {
	const sent = { method: 'GET', url, headers: {}, body: null };
	return send(sent, AbortSignal.timeout(PATIENCE_MS)).catch(() => null);
}
