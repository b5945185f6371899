import { NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../context.ts';
import { type Person, personById } from '../store/people.ts';
import { addTags } from '../store/post-tags.ts';
import { addPost, type Post, postById } from '../store/posts.ts';
import type { Writing } from '../store/store.ts';
import { type Draft, makeReady, postOf } from './drafting.ts';
import { erase } from './erasing.ts';
import { queueIfMatched } from './hosting/matching.ts';
import { queueIfWatched } from './hosting/watching.ts';
import { type News, notice } from './noticing.ts';
import { recallPost, sendPost } from './outbox.ts';
import { keepQuestion } from './question.ts';
import { checkQuiet } from './quiet-hours.ts';
import { tellOfQuorum } from './quorum.ts';
import { beginQuote, withdrawQuotesOf } from './quoting.ts';
import { mayRead, readerFor } from './readers.ts';
import { attach } from './uploading.ts';

/** What else is written in the transaction that keeps a post. */
export type Also = (writing: Writing, post: Post) => void;

/**
 * Keeps a post and everything that follows from it (notices, deliveries) in one transaction. Throws what `makeReady` throws, and in quiet hours
 * what `checkQuiet` throws (`waiting.ts` keeps such posts for the morning); then it has kept nothing.
 */
export async function publish(
	context: BranchContext,
	author: Person,
	draft: Draft,
	also: Also = () => undefined,
): Promise<Post> {
	const ready = await makeReady(context, author, draft);
	checkQuiet(context, ready.audience, 'scope');
	return context.store.transact((writing) => {
		const post = postOf(context, author, ready, context.ids.next(), draft.event);
		addPost(writing, post);
		addTags(writing, post.id, ready.tags);
		attach(writing, post, draft.media ?? []);
		if (ready.question) keepQuestion(writing, post.id, ready.question);
		also(writing, post);
		const quoted = ready.quote && beginQuote(context, writing, post, ready.quote.quoted.id);
		tellOf(context, writing, post, ready.parent, new Set(quoted === null ? [] : [quoted]));
		tellOfQuorum(context, writing, post);
		sendPost(context, writing, post);
		queueIfWatched(context, writing, post);
		queueIfMatched(context, writing, post);
		return post;
	});
}

/** Takes back a post of one's own, here and wherever it went. Throws NotFound when it is not theirs. */
export function takeBack(context: BranchContext, author: Person, id: number): void {
	context.store.transact((writing) => {
		const post = postById(writing, id);
		// What a host hid stays as it is while an appeal may need it.
		if (post?.person !== author.id || post.deleted !== null || post.hidden !== null) throw new NotFound();
		recallPost(context, writing, post);
		withdrawQuotesOf(context, writing, post);
		erase(context, writing, id);
	});
}

/**
 * Notices for those of this branch whom a post of somebody here answers or names, if the post is for them; not for those in `told`, who
 * know already.
 */
export function tellOf(
	context: BranchContext,
	writing: Writing,
	post: Post,
	parent: Post | null,
	told: Set<number> = new Set(),
): void {
	const actor = context.at.person(post.person ?? 0);
	told.add(post.person ?? 0);
	const say = (id: number | null, kind: News['kind']) => {
		const person = id === null || told.has(id) ? undefined : personById(writing, id);
		if (!person || !mayRead(context, post, readerFor(context, person))) return;
		told.add(person.id);
		notice(context, writing, { person: person.id, kind, post: post.id, actor });
	};
	if (post.audience.only === null) say(parent?.person ?? null, 'reply');
	const kind = post.audience.only === null ? 'mention' : 'message';
	for (const mention of post.mentions) say(context.at.personIn(mention.actor), kind);
}
