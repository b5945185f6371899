import { mayReceive, originOf, scopeOf } from '@understory/core/scope.ts';
import type { Incoming } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import { actByActivity, addAct, findAct, removeAct } from '../store/acts.ts';
import { followersOf } from '../store/follows.ts';
import { dropPassedAlong, passedAlongBy } from '../store/passed-along.ts';
import { postById, postByUri } from '../store/posts.ts';
import { noteReceived, wasReceived } from '../store/received.ts';
import { remoteByUri } from '../store/remote-actors.ts';
import { tell, untell } from './acting.ts';
import { receiveUnblock } from './blocked.ts';
import { knowRemote } from './known-remote.ts';
import { serverReader } from './readers.ts';
import { wantWhatIsPassedAlong } from './wanting.ts';

/**
 * Somebody elsewhere starred a post or passed it along. Kept only for a post we hold and their server may have: a guess at the address of a
 * walled post leaves no trace. What is not public cannot be passed along by them (reference/fediverse.md 2.4).
 */
export async function receiveAct(
	context: BranchContext,
	incoming: Extract<Incoming, { type: 'like' | 'announce' }>,
): Promise<void> {
	context.store.transact((writing) => {
		if (wasReceived(writing, incoming.id)) return;
		noteReceived(writing, incoming.id, context.clock.now());
		const post = postByUri(writing, incoming.object);
		if (!post && incoming.type === 'announce' && followersOf(writing, incoming.actor.id).length > 0) {
			const actor = knowRemote(context, writing, incoming.actor).uri;
			wantWhatIsPassedAlong(context, writing, { activity: incoming.id, uri: incoming.object, actor });
		}
		if (!post || post.deleted !== null || post.hidden !== null) return;
		const reader = serverReader(context, originOf(incoming.actor.id));
		if (!mayReceive(post.audience, reader, context.book.trust()).allowed) return;
		const kind = incoming.type === 'like' ? 'star' : 'share';
		if (kind === 'share' && scopeOf(post.audience) !== 'public') return;
		const known = post.person !== null || followersOf(writing, incoming.actor.id).length > 0;
		if (!known) return;
		const now = context.clock.now();
		const actor = knowRemote(context, writing, incoming.actor).uri;
		const id = context.ids.next();
		if (addAct(writing, { id, kind, post: post.id, actor, activity: incoming.id, created: now })) {
			tell(context, writing, kind, post, actor);
		}
	});
}

/** Somebody elsewhere pinned a post of theirs that we hold, or took it down. Only public ones: their server tells everybody of it. */
export function receivePin(
	context: BranchContext,
	incoming: Extract<Incoming, { type: 'pin' | 'unpin' }>,
): void {
	context.store.transact((writing) => {
		if (wasReceived(writing, incoming.id)) return;
		noteReceived(writing, incoming.id, context.clock.now());
		const post = postByUri(writing, incoming.object);
		const author = remoteByUri(writing, incoming.actor.id);
		if (!post || !author || post.remote !== author.id || scopeOf(post.audience) !== 'public') return;
		const known = findAct(writing, 'pin', post.id, author.uri);
		if (incoming.type === 'unpin') {
			if (known) removeAct(writing, known.id);
			return;
		}
		const act = { id: context.ids.next(), kind: 'pin', post: post.id, actor: author.uri } as const;
		addAct(writing, { ...act, activity: incoming.id, created: context.clock.now() });
	});
}

/** Somebody elsewhere says anew who they are; kept when we know them. */
export function receiveProfile(
	context: BranchContext,
	{ actor }: Extract<Incoming, { type: 'profile' }>,
): void {
	context.store.transact((writing) => {
		const known = remoteByUri(writing, actor.id);
		if (known) knowRemote(context, writing, actor);
	});
}

/** They took it back; only what they did themselves. */
export async function receiveUnact(
	context: BranchContext,
	incoming: Extract<Incoming, { type: 'unact' }>,
): Promise<void> {
	if (receiveUnblock(context, incoming.actor, incoming.object)) return;
	context.store.transact((writing) => {
		const waits = passedAlongBy(writing, incoming.object);
		if (waits?.actor === incoming.actor) dropPassedAlong(writing, waits.activity);
		const done = actByActivity(writing, incoming.object);
		if (done?.actor !== incoming.actor) return;
		removeAct(writing, done.id);
		const post = postById(writing, done.post);
		if (post) untell(writing, post, done);
	});
}
