import { scopeOf } from '@understory/core/scope.ts';
import type { Federation, LocalActor } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import type { Delivery } from '../store/deliveries.ts';
import { personById } from '../store/people.ts';
import { postById } from '../store/posts.ts';
import { mayRead, serverReader } from './readers.ts';
import { toLocalActor, toWirePost } from './wire.ts';

/**
 * The activity as it is to be sent now, made at that moment by the serializer, which asks `mayReceive` again (DESIGN 4.6); null when
 * this server must not have it, or there is nothing to say any more.
 */
export async function bodyOf(
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
			if (!post) return null;
			const reader = serverReader(context, delivery.origin);
			return delivery.what === 'create'
				? federation.createFor(post, reader)
				: federation.updateFor(post, reader);
		}
		case 'delete':
			return federation.deleteOf({ id: String(delivery.post), author });
		case 'like':
		case 'announce':
			return actBody(context, federation, delivery, author);
		case 'unlike':
		case 'unannounce': {
			const done = delivery.what === 'unlike' ? 'Like' : 'Announce';
			const post = context.store.read((reading) => postById(reading, delivery.post!));
			return post ? federation.undoActOf(done, about!.activity, author, post.uri) : null;
		}
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

/** Said only of what is still there, to whoever may still have it. */
async function actBody(
	context: BranchContext,
	federation: Federation,
	delivery: Delivery,
	author: LocalActor,
): Promise<string | null> {
	const post = context.store.read((reading) => postById(reading, delivery.post!));
	if (!post || !mayRead(context, post, serverReader(context, delivery.origin))) return null;
	const { activity } = delivery.about!;
	if (delivery.what === 'like') return federation.likeOf(activity, author, post.uri);
	return scopeOf(post.audience) === 'public'
		? federation.announceOf(activity, author, post.uri, context.clock.now())
		: null;
}
