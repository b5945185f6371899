import { originOf } from '@understory/core/scope.ts';
import { OutgoingFailure } from '@understory/outgoing/failure.ts';
import type { Engine } from '../fedify/engine.ts';
import { later, outcomeOf, refused } from '../outcome.ts';
import type { BranchPorts, LocalActor } from '../ports.ts';
import type { Delivery, Sent } from '../sending.ts';
import { type Addresses, PUBLIC } from '../wire/addresses.ts';
import { digestOf, synchronizationHeader } from '../wire/synchronization.ts';
import { refusalOf } from './refusal.ts';
import { retryAfter } from './retry-after.ts';

const TIMEOUT = 15_000;
/** What another server has to say about a delivery is not read any further. */
const MAX_ANSWER = 64 * 1024;

/**
 * Sends one delivery once, after looking again whether it may leave (`refusalOf`). Never throws for what another server does.
 */
export function createDeliver(ports: BranchPorts, at: Addresses, engine: () => Promise<Engine>) {
	return async (delivery: Delivery): Promise<Sent> => {
		const refusal = refusalOf(ports, at, delivery.inbox, JSON.parse(delivery.body));
		if (refusal) return refusal;
		const sender = await senderOf(ports, delivery.sender);
		if (!sender) return refused('Its sender is not here any more.');
		const body = Buffer.from(delivery.body, 'utf8');
		try {
			const { knock } = await engine();
			const headers = await synchronization(ports, at, delivery, sender);
			const request = { method: 'POST', url: delivery.inbox, body, headers } as const;
			const answer = await knock(request, sender, {
				timeoutMs: TIMEOUT,
				maxBytes: MAX_ANSWER,
				redirects: 0,
			});
			return outcomeOf(answer.status, retryAfter(answer.headers['retry-after'], ports.clock.now()));
		} catch (error) {
			if (!(error instanceof OutgoingFailure)) throw error;
			return error.silent ? later(null, error.code) : refused(error.code);
		}
	};
}

async function senderOf(ports: BranchPorts, sender: string): Promise<LocalActor | null> {
	if (sender === 'server') return ports.serverActor();
	return (await ports.actorById(sender)) ?? ports.departedActor(sender);
}

/** With what is for followers alone goes a sum of who they are on that server, so that both sides find out when they disagree (FEP-8fcf). */
async function synchronization(
	ports: BranchPorts,
	at: Addresses,
	delivery: Delivery,
	sender: LocalActor,
): Promise<Record<string, string>> {
	const collection = at.followers(sender);
	if (sender.kind === 'server') return {};
	if (!delivery.body.includes(`"${collection}"`) || delivery.body.includes(PUBLIC)) return {};
	const digest = digestOf(await ports.followersAt(sender.id, originOf(delivery.inbox)));
	const url = at.followersHere(sender);
	return { 'collection-synchronization': synchronizationHeader({ collection, url, digest }) };
}
