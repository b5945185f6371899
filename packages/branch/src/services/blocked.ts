import type { Incoming } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import { personById } from '../store/people.ts';
import { noteReceived, wasReceived } from '../store/received.ts';
import { keepRelation, relationByActivity, removeRelation } from '../store/relations.ts';
import { endBetween } from './keeping-away.ts';
import { knowRemote } from './known-remote.ts';

/** Somebody elsewhere blocks one of ours. Honoured both ways; nobody is told. */
export async function receiveBlock(
	context: BranchContext,
	incoming: Extract<Incoming, { type: 'block' }>,
): Promise<void> {
	context.store.transact((writing) => {
		if (wasReceived(writing, incoming.id)) return;
		noteReceived(writing, incoming.id, context.clock.now());
		const id = context.at.personIn(incoming.object);
		if (id === null || !personById(writing, id)) return;
		const created = context.clock.now();
		const { uri } = knowRemote(context, writing, incoming.actor);
		endBetween(writing, incoming.object, uri);
		keepRelation(writing, {
			id: context.ids.next(),
			actor: uri,
			kind: 'block',
			object: incoming.object,
			until: null,
			activity: incoming.id,
			created,
		});
	});
}

/** They block them no more; only whoever blocked can say so. Whether it was a block of theirs. */
export function receiveUnblock(context: BranchContext, actor: string, activity: string): boolean {
	return context.store.transact((writing) => {
		const known = relationByActivity(writing, activity);
		if (known?.actor !== actor) return false;
		removeRelation(writing, known.id);
		return true;
	});
}
