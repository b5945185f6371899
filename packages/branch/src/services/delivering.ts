import { PublicError } from '@understory/core/errors.ts';
import type { Federation, Sent } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import {
	type Delivery,
	dueDeliveries,
	finishDelivery,
	nextDelivery,
	postponeDelivery,
} from '../store/deliveries.ts';
import { personById } from '../store/people.ts';
import { postById } from '../store/posts.ts';
import { isSending } from './outbox.ts';
import { serverReader } from './readers.ts';
import { toLocalActor, toWirePost } from './wire.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
/** How long to wait after the first, second, … try that failed; after the last one it is given up: eight days in all. */
const WAITS = [MINUTE, 5 * MINUTE, 20 * MINUTE, HOUR, 3 * HOUR, 8 * HOUR, 24 * HOUR, 48 * HOUR, 96 * HOUR];
/** How many are under way at once. */
const AT_ONCE = 4;

/**
 * Sends everything that is due, each once. A row stays until the other server has it, will never take it, or must not have it: what
 * is sent is made at that moment by the serializer, which asks `mayReceive` again and may refuse (DESIGN 4.6). Never rejects
 * for a fault of another server.
 */
export async function deliverDue(context: BranchContext): Promise<void> {
	for (;;) {
		const due = context.store.read((reading) => dueDeliveries(reading, context.clock.now(), AT_ONCE));
		if (due.length === 0) return;
		const federation = await context.federation();
		await Promise.all(due.map((delivery) => deliver(context, federation, delivery)));
	}
}

/** When the next delivery is due, UTC milliseconds, or null. */
export function nextDeliveryAt(context: BranchContext): number | null {
	return context.store.read((reading) => nextDelivery(reading));
}

async function deliver(context: BranchContext, federation: Federation, delivery: Delivery): Promise<void> {
	if ((delivery.what === 'create' || delivery.what === 'update') && !isSending(context))
		return postpone(context, delivery, delivery.tries, HOUR);
	let sent: Sent;
	try {
		const body = await bodyOf(context, federation, delivery);
		if (body === null) return end(context, delivery, 'withheld');
		sent = await federation.send({ body, sender: delivery.sender, inbox: delivery.inbox });
	} catch (error) {
		// A fault of ours must not stop the others, nor be tried in a tight circle.
		context.log.error('delivery_broke', { branch: context.id, job: delivery.what, error });
		const status = error instanceof PublicError ? error.status : null;
		sent = { outcome: 'later', status, reason: 'our fault' };
	}
	if (sent.outcome === 'accepted') return end(context, delivery, 'accepted');
	if (sent.outcome === 'refused' || sent.outcome === 'gone') {
		context.log.warn('delivery_refused', {
			branch: context.id,
			job: delivery.what,
			status: sent.status ?? 0,
		});
		return end(context, delivery, sent.outcome);
	}
	const wait = WAITS[delivery.tries];
	if (wait === undefined) return end(context, delivery, 'given_up');
	postpone(context, delivery, delivery.tries + 1, wait);
}

/** The activity as it is to be sent now; null when this server must not have it, or there is nothing to say any more. */
async function bodyOf(
	context: BranchContext,
	federation: Federation,
	delivery: Delivery,
): Promise<string | null> {
	const sender = context.store.read((reading) => personById(reading, Number(delivery.sender)));
	if (!sender) return null;
	const author = toLocalActor(sender);
	const { about } = delivery;
	switch (delivery.what) {
		case 'create':
		case 'update': {
			const post = context.store.read((reading) =>
				toWirePost(context, reading, postById(reading, delivery.post!)),
			);
			const server = serverReader(context, delivery.origin);
			if (!post) return null;
			return delivery.what === 'create'
				? federation.createFor(post, server)
				: federation.updateFor(post, server);
		}
		case 'delete':
			return federation.deleteOf({ id: String(delivery.post), author });
		case 'follow':
			return federation.followOf(about!.activity, author, about!.actor);
		case 'unfollow':
			return federation.unfollowOf(about!.activity, author, about!.actor);
		case 'accept':
			return federation.acceptOf(author, { id: about!.activity, actor: about!.actor });
		case 'reject':
			return federation.rejectOf(author, { id: about!.activity, actor: about!.actor });
	}
}

function end(
	context: BranchContext,
	delivery: Delivery,
	outcome: Parameters<typeof finishDelivery>[2],
): void {
	context.store.transact((writing) => finishDelivery(writing, delivery.id, outcome, context.clock.now()));
}

function postpone(context: BranchContext, delivery: Delivery, tries: number, wait: number): void {
	const again = context.clock.now() + wait;
	context.store.transact((writing) => postponeDelivery(writing, delivery.id, tries, again));
}
