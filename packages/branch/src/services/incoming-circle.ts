import { type Audience, audienceOf, originOf } from '@understory/core/scope.ts';
import type { IncomingPost, RemoteActor } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import { findFollow } from '../store/follows.ts';
import { personById } from '../store/people.ts';
import { postByUri } from '../store/posts.ts';
import { mayWriteTo } from './messages.ts';

/** More people than this are not written to by name. */
const MOST_NAMED = 50;

/**
 * The audience of a post from elsewhere that is not for everyone, as Mastodon addresses it: to the collection of its author's followers, or
 * to people by name. A post for followers that also names somebody here who does not follow is kept for those it names. Null when
 * it is for nobody here, or only for people who get no messages from strangers.
 */
export function circleOfIncoming(
	context: BranchContext,
	actor: RemoteActor,
	post: IncomingPost,
): Audience | null {
	const origin = originOf(post.author);
	const everyone = [...new Set([...post.to, ...post.cc])];
	return context.store.read((reading) => {
		const parent = post.inReplyTo === null ? undefined : postByUri(reading, post.inReplyTo);
		const here = everyone.filter((id) => {
			const person = context.at.personIn(id);
			return person !== null && personById(reading, person) !== undefined;
		});
		const follows = (id: string) => findFollow(reading, id, post.author)?.state === 'accepted';
		const toFollowers = actor.followers !== null && everyone.includes(actor.followers);
		if (toFollowers && here.every(follows)) return audienceOf('followers', { origin, author: post.author });
		const open = here.filter((id) => mayWriteTo(context, reading, post.author, id, parent ?? null));
		if (open.length === 0) return null;
		const elsewhere = everyone.filter(
			(id) => originOf(id) !== '' && originOf(id) !== context.origin && !id.endsWith('/followers'),
		);
		const people = [...open, ...elsewhere.slice(0, MOST_NAMED)];
		return audienceOf('direct', { origin, author: post.author, people });
	});
}
