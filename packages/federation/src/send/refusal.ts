import { originOf, type Trust } from '@understory/core/scope.ts';
import { later, type NotSent, refused } from '../outcome.ts';
import type { BranchPorts, Delivery } from '../ports.ts';
import type { Addresses } from '../wire/addresses.ts';

/**
 * Why a delivery must not leave now, or null. Looked at again at the moment of sending, since it may have waited: may this branch send
 * now, does it talk to that server, and is a neighborhood post still for a neighbor (its Delete goes to everyone who ever had it).
 */
export function refusalOf(
	ports: Pick<BranchPorts, 'origin' | 'mayFederate' | 'accepts' | 'trust'>,
	at: Addresses,
	delivery: Pick<Delivery, 'inbox' | 'body'>,
): NotSent | null {
	const origin = originOf(delivery.inbox);
	if (origin === '' || origin === ports.origin) return refused('That inbox is no other server.');
	if (!ports.mayFederate()) return later(null, 'The branch sends nothing at the moment.');
	if (!ports.accepts(origin)) return refused('The branch exchanges nothing with that server.');
	if (!mayGo(delivery.body, origin, at, ports.trust())) return refused('It is for neighbors only.');
	return null;
}

/** Is what is addressed to our neighbors going to one? The second lock, for a roster that changed while the delivery waited. */
function mayGo(body: string, origin: string, at: Addresses, trust: Trust): boolean {
	const { type, to, cc } = JSON.parse(body) as { type?: unknown; to?: unknown; cc?: unknown };
	const recipients: unknown[] = [to, cc].flat();
	if (type === 'Delete' || !recipients.includes(at.neighbors)) return true;
	return trust.neighborsOf(at.origin).has(origin);
}
