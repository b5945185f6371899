import { originOf, type Trust } from '@understory/core/scope.ts';
import { later, type NotSent, refused } from '../outcome.ts';
import type { BranchPorts } from '../ports.ts';
import type { Addresses } from '../wire/addresses.ts';

/** What of an activity says whom it is for. */
export interface Addressed {
	readonly type?: unknown;
	readonly to?: unknown;
	readonly cc?: unknown;
	/** What is to quote, in a question whether it may. */
	readonly instrument?: unknown;
}

/**
 * Why a delivery must not leave now, or null. Looked at again at the moment of sending, since it may have waited: may this branch send
 * now, does it talk to that server, and is a neighborhood post still for a neighbor (its Delete goes to everyone who ever had it).
 */
export function refusalOf(
	ports: Pick<BranchPorts, 'origin' | 'mayFederate' | 'accepts' | 'trust'>,
	at: Addresses,
	inbox: string,
	activity: Addressed,
): NotSent | null {
	const origin = originOf(inbox);
	if (origin === '' || origin === ports.origin) return refused('That inbox is no other server.');
	if (!ports.mayFederate()) return later(null, 'The branch sends nothing at the moment.');
	if (!ports.accepts(origin)) return refused('The branch exchanges nothing with that server.');
	if (!mayGo(activity, origin, at, ports.trust())) return refused('It is for neighbors only.');
	return null;
}

/** Is what is addressed to our neighbors going to one? The second lock, for a roster that changed while the delivery waited. */
function mayGo(
	{ type, to, cc, instrument }: Addressed,
	origin: string,
	at: Addresses,
	trust: Trust,
): boolean {
	// Whoever is asked whether they may be quoted gets the quote with the question.
	const inside = (instrument ?? {}) as Addressed;
	const recipients: unknown[] = [to, cc, inside.to, inside.cc].flat();
	if (type === 'Delete' || !recipients.includes(at.neighbors)) return true;
	return trust.neighborsOf(at.origin).has(origin);
}
