import { mayReceive, type Reader } from '@understory/core/scope.ts';
import type { BranchContext } from '../context.ts';
import { followsOf, hasFollowerAt } from '../store/follows.ts';
import type { Person } from '../store/people.ts';
import type { Post } from '../store/posts.ts';

/** Who asks: nobody we know, or somebody with an account here. */
export function readerFor(
	context: Pick<BranchContext, 'store' | 'at' | 'origin'>,
	person: Person | null,
): Reader {
	if (!person) return { kind: 'nobody' };
	const actor = context.at.person(person.id);
	let followed: ReadonlySet<string> | undefined;
	return {
		kind: 'person',
		actor,
		origin: context.origin,
		follows(other) {
			// Asked for few posts; read once, when the first of them comes.
			followed ??= new Set(
				context.store
					.read((reading) => followsOf(reading, actor))
					.filter(({ state }) => state === 'accepted')
					.map((follow) => follow.followed),
			);
			return followed.has(other);
		},
	};
}

/** A verified server that asks to read, or is to be sent something. */
export function serverReader(
	context: Pick<BranchContext, 'store'>,
	origin: string,
): Extract<Reader, { kind: 'server' }> {
	return {
		kind: 'server',
		origin,
		hasFollowerOf: (actor) => context.store.read((reading) => hasFollowerAt(reading, actor, `${origin}/`)),
	};
}

/**
 * May this reader have this post? What is deleted is for nobody, what a host hid only for those who decide; everything else is
 * decided by `mayReceive` alone (DESIGN 4.6).
 */
export function mayRead(context: Pick<BranchContext, 'book'>, post: Post, reader: Reader): boolean {
	if (post.deleted !== null || post.hidden !== null) return false;
	return mayReceive(post.audience, reader, context.book.trust()).allowed;
}
