import type { BranchContext } from '../context.ts';
import type { Person } from '../store/people.ts';
import { changePost, type Post } from '../store/posts.ts';
import { spaceMovesOf } from '../store/spaces.ts';
import type { Reading } from '../store/store.ts';
import { checkMayWrite } from './drafting.ts';
import { ownPost } from './editing.ts';
import { fitsSpaces, placeNamed, wrongPlace } from './spaces.ts';

/** The places its author cannot move it to: a host moved it out of there, and that stands. */
export function closedToAuthor(reading: Reading, post: Post): Set<number | null> {
	const closed = new Set<number | null>();
	for (const { was, now } of spaceMovesOf(reading, post.id)) {
		closed.add(was);
		closed.delete(now);
	}
	return closed;
}

/**
 * Moves one's own post to another space or the main board. Nobody's reading changes. Throws NotFound when it is not theirs, NotAllowed, and BadInput `space_unknown`,
 * `space_scope` or `space_moved`.
 */
export function moveOwn(context: BranchContext, author: Person, id: number, given: string): void {
	checkMayWrite(context, author);
	context.store.transact((writing) => {
		const post = ownPost(context, author, id);
		const to = placeNamed(writing, given);
		if (to === undefined) throw wrongPlace('There is no such space.', 'space_unknown');
		if (!fitsSpaces(post)) throw wrongPlace('Spaces are for posts for this branch.', 'space_scope');
		if ((post.space ?? null) === to) return;
		if (closedToAuthor(writing, post).has(to)) {
			throw wrongPlace('A host moved this post out of there.', 'space_moved');
		}
		changePost(writing, post.id, { space: to });
	});
}
