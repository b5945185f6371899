import { NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../context.ts';
import type { Person } from '../store/people.ts';
import { setTags } from '../store/post-tags.ts';
import { keepVersion } from '../store/post-versions.ts';
import { changePost, type Post, postById } from '../store/posts.ts';
import type { Writing } from '../store/store.ts';
import { type Draft, rewrite } from './drafting.ts';
import { isMarkedByHost } from './hosting/acts.ts';
import { queueIfWatched } from './hosting/watching.ts';
import { refreshPost, sendToNamed } from './outbox.ts';
import { tellOf } from './posting.ts';
import { checkQuiet } from './quiet-hours.ts';

/** New words for a post. */
export type Revision = Pick<Draft, 'text' | 'summary' | 'sensitive' | 'language'>;

/** A post of this person that they may still change. Throws NotFound for any other. */
export function ownPost(context: Pick<BranchContext, 'store'>, author: Person, id: number): Post {
	const post = context.store.read((reading) => postById(reading, id));
	// What a host hid stays as it is while an appeal may need it.
	if (post?.person !== author.id || post.deleted !== null || post.hidden !== null) throw new NotFound();
	return post;
}

/**
 * Changes the words of one's own post, here and wherever it went; how it read before stays to be read by whoever may read it. Its scope
 * never changes (DESIGN section 2). Saying the same again changes nothing. `also` changes what else belongs to it, in the same transaction, and says
 * whether it did. Throws NotFound when it is not theirs, and
 * what `rewrite` and `checkQuiet` throw.
 */
export async function revise(
	context: BranchContext,
	author: Person,
	id: number,
	revision: Revision,
	also: (writing: Writing) => boolean = () => false,
): Promise<Post> {
	const before = ownPost(context, author, id);
	// Else anything could be said at night by changing what was posted by day.
	checkQuiet(context, before.audience, 'text');
	const written = await rewrite(context, author, before, revision);
	return context.store.transact((writing) => {
		// Asked again: it may have been taken back or hidden while names were looked up.
		const post = ownPost(context, author, id);
		const changes = {
			content_html: written.html,
			source: written.text,
			summary: written.summary,
			sensitive: written.sensitive || isMarkedByHost(writing, id),
			language: written.language,
			mentions: written.mentions,
		};
		const more = also(writing);
		const rewritten = differs(post, changes);
		if (!rewritten && !more) return post;
		if (rewritten) keepVersion(writing, context.ids.next(), post);
		changePost(writing, id, { ...changes, edited: context.clock.now() });
		setTags(writing, id, written.tags);
		const changed = postById(writing, id)!;
		tellNewlyNamed(context, writing, post, changed);
		refreshPost(context, writing, changed);
		const named = new Set(post.mentions.map(({ actor }) => actor));
		const newly = changed.mentions.filter(({ actor }) => !named.has(actor)).map(({ actor }) => actor);
		sendToNamed(context, writing, changed, newly);
		queueIfWatched(context, writing, changed);
		return changed;
	});
}

function differs(post: Post, changes: Pick<Post, 'source' | 'summary' | 'sensitive' | 'language'>): boolean {
	return (['source', 'summary', 'sensitive', 'language'] as const).some((key) => post[key] !== changes[key]);
}

function tellNewlyNamed(context: BranchContext, writing: Writing, before: Post, post: Post): void {
	const told = before.mentions.flatMap(({ actor }) => context.at.personIn(actor) ?? []);
	tellOf(context, writing, post, null, new Set(told));
}
