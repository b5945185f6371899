import type { Sent } from './sending.ts';

/** What did not arrive. */
export type NotSent = Extract<Sent, { readonly reason: string }>;

/** It may be tried again. */
export function later(status: number | null, reason: string): NotSent {
	return { outcome: 'later', status, reason };
}

/** It will never be taken. */
export function refused(reason: string): NotSent {
	return { outcome: 'refused', status: null, reason };
}

/** What an answer, or the error that would have been one, means for a delivery. `wait`: milliseconds it asks for. */
export function outcomeOf(status: number, wait: number | null): Sent {
	if (status >= 200 && status < 300) return { outcome: 'accepted' };
	if (status === 410) return { outcome: 'gone', status, reason: 'The inbox is gone.' };
	if (status < 500 && !PASSING.has(status)) return { outcome: 'refused', status, reason: `HTTP ${status}` };
	const passing = later(status, `HTTP ${status}`);
	return wait === null ? passing : { ...passing, retryAfter: wait };
}

/** Answers that pass: not signed well enough for now (a clock, a key that was not reachable), slow down, try again. */
const PASSING: ReadonlySet<number> = new Set([401, 408, 421, 425, 429]);
