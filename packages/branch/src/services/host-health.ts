import type { Sent } from '@understory/federation/sending.ts';
import type { BranchContext } from '../context.ts';
import { deliveryHost, forgiveDeliveryHost, keepDeliveryHost } from '../store/delivery-hosts.ts';
import type { Writing } from '../store/store.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** After so many failures in a row a server is left alone, and one thing at a time is tried there until it answers. */
export const BREAKS_AFTER = 5;
/** How long it is left alone before the first, second, … of those tries; the last one again and again. */
const PAUSES = [MINUTE, 5 * MINUTE, 20 * MINUTE, HOUR, 3 * HOUR, 8 * HOUR];

/** How the other server bore a try: `well` when it answered as servers do, `failed`, or null when the try tells nothing about it. */
export function healthIn(sent: Sent): 'well' | 'failed' | null {
	if (sent.outcome === 'accepted') return 'well';
	if (sent.status === null)
		return sent.reason === 'timeout' || sent.reason === 'unreachable' ? 'failed' : null;
	return sent.status >= 500 || sent.status === 429 ? 'failed' : 'well';
}

/** Writes down how a try went, with the try. What waits for a server that is left alone stays as it is. */
export function noteHealth(context: BranchContext, writing: Writing, origin: string, sent: Sent): void {
	const health = healthIn(sent);
	if (health === null) return;
	if (health === 'well') forgiveDeliveryHost(writing, origin);
	else noteFailure(context, writing, origin, sent);
}

function noteFailure(context: BranchContext, writing: Writing, origin: string, sent: Sent): void {
	const now = context.clock.now();
	const known = deliveryHost(writing, origin);
	const failures = (known?.failures ?? 0) + 1;
	const asked = sent.outcome === 'accepted' ? 0 : (sent.retryAfter ?? 0);
	const pause = PAUSES[Math.min(failures - BREAKS_AFTER, PAUSES.length - 1)] ?? 0;
	const retry_at = Math.max(known?.retry_at ?? 0, now + Math.max(asked, jittered(context, pause)));
	keepDeliveryHost(writing, { origin, failures, retry_at });
	if (failures === BREAKS_AFTER)
		context.log.warn('server_left_alone', { branch: context.id, count: failures });
}

/** It spoke to us, so it is there: what waits for it may go now. */
export function heardFrom(context: BranchContext, origin: string): void {
	if (!context.store.read((reading) => deliveryHost(reading, origin))) return;
	context.store.transact((writing) => {
		if (forgiveDeliveryHost(writing, origin)) writing.afterwards(context.wake);
	});
}

/** A wait made up to a tenth longer, so that branches do not all come back at once. */
export function jittered(context: Pick<BranchContext, 'random'>, wait: number): number {
	return Math.round(wait * (1 + context.random() / 10));
}
