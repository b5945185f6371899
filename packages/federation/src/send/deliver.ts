import { OutgoingFailure } from '@understory/outgoing/failure.ts';
import type { Engine } from '../fedify/engine.ts';
import { later, outcomeOf, refused } from '../outcome.ts';
import type { BranchPorts, Delivery, Sent } from '../ports.ts';
import type { Addresses } from '../wire/addresses.ts';
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
		const refusal = refusalOf(ports, at, delivery);
		if (refusal) return refusal;
		const sender = await senderOf(ports, delivery.sender);
		if (!sender) return refused('Its sender is not here any more.');
		const body = Buffer.from(delivery.body, 'utf8');
		try {
			const { knock } = await engine();
			const request = { method: 'POST', url: delivery.inbox, body } as const;
			const answer = await knock(request, sender, {
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

async function senderOf(ports: BranchPorts, sender: string) {
	if (sender === 'server') return ports.serverActor();
	return (await ports.actorById(sender)) ?? ports.departedActor(sender);
}
