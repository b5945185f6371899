import { originOf, type Trust } from '@understory/core/scope.ts';
import { OutgoingFailure } from '@understory/outgoing/failure.ts';
import type { Engine } from '../fedify/engine.ts';
import type { BranchPorts, Delivery, Sent } from '../ports.ts';
import type { Addresses } from '../wire/addresses.ts';
import { retryAfter } from './retry-after.ts';

const TIMEOUT = 15_000;
/** What another server has to say about a delivery is not read any further. */
const MAX_ANSWER = 64 * 1024;
/** Answers that pass: not signed well enough for now (a clock, a key that was not reachable), slow down, try again. */
const PASSING: ReadonlySet<number> = new Set([401, 408, 421, 425, 429]);

/**
 * Sends one delivery once. Everything is looked at again at the moment of sending, since it may have waited: may this branch send
 * now, does it talk to that server, and is a neighborhood post still for a neighbor (its Delete goes to everyone who ever
 * had it). Never throws for what another server does.
 */
export function createDeliver(ports: BranchPorts, at: Addresses, engine: () => Promise<Engine>) {
	return async (delivery: Delivery): Promise<Sent> => {
		const origin = originOf(delivery.inbox);
		if (origin === '' || origin === ports.origin) return refused('That inbox is no other server.');
		if (!ports.mayFederate()) return later(null, 'The branch sends nothing at the moment.');
		if (!ports.accepts(origin)) return refused('The branch exchanges nothing with that server.');
		if (!mayGo(delivery.body, origin, at, ports.trust())) return refused('It is for neighbors only.');
		const sender = await senderOf(ports, delivery.sender);
		if (!sender) return refused('Its sender is not here any more.');
		const body = Buffer.from(delivery.body, 'utf8');
		try {
			const { sign } = await engine();
			const headers = await sign({ method: 'POST', url: delivery.inbox, body }, sender);
			const answer = await ports.outgoing.request({
				url: delivery.inbox,
				method: 'POST',
				headers,
				body,
				timeoutMs: TIMEOUT,
				maxBytes: MAX_ANSWER,
				redirects: 0,
			});
			return outcomeOf(answer.status, retryAfter(answer.headers['retry-after'], ports.clock.now()));
		} catch (error) {
			if (!(error instanceof OutgoingFailure)) throw error;
			const passing = error.code === 'timeout' || error.code === 'unreachable';
			return passing ? later(null, error.code) : refused(error.code);
		}
	};
}

/** Is what is addressed to our neighbors going to one? The second lock, for a roster that changed while the delivery waited. */
function mayGo(body: string, origin: string, at: Addresses, trust: Trust): boolean {
	const { type, to, cc } = JSON.parse(body) as { type?: unknown; to?: unknown; cc?: unknown };
	const recipients: unknown[] = [to, cc].flat();
	if (type === 'Delete' || !recipients.includes(at.neighbors)) return true;
	return trust.neighborsOf(at.origin).has(origin);
}

async function senderOf(ports: BranchPorts, sender: string) {
	return sender === 'server' ? ports.serverActor() : ports.actorById(sender);
}

function outcomeOf(status: number, wait: number | null): Sent {
	if (status >= 200 && status < 300) return { outcome: 'accepted' };
	if (status === 410) return { outcome: 'gone', status, reason: 'The inbox is gone.' };
	if (status >= 500 || PASSING.has(status)) {
		const passing = later(status, `HTTP ${status}`);
		return wait === null ? passing : { ...passing, retryAfter: wait };
	}
	return { outcome: 'refused', status, reason: `HTTP ${status}` };
}

function later(status: number | null, reason: string): Extract<Sent, { reason: string }> {
	return { outcome: 'later', status, reason };
}

function refused(reason: string): Sent {
	return { outcome: 'refused', status: null, reason };
}
