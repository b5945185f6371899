import { BadInput, NotAllowed, NotFound } from '@understory/core/errors.ts';
import { mayReceive, type Scope, scopeOf, toScope } from '@understory/core/scope.ts';
import { isLive } from '@understory/core/stage.ts';
import type { BranchContext } from '../context.ts';
import { addNotice, type NoticeKind } from '../store/notices.ts';
import { type Person, personById } from '../store/people.ts';
import { addPost, changePost, type Post, postById } from '../store/posts.ts';
import type { Writing } from '../store/store.ts';
import { audienceFor, offeredFor, staysNear } from './audiences.ts';
import { findMentions } from './mentions.ts';
import { recallPost, sendPost } from './outbox.ts';
import { cleanText, lengthOf, toHtml } from './plain-text.ts';
import { mayRead, readerFor } from './readers.ts';

/** Longest post, in characters as people count them. */
export const LONGEST_POST = 5000;

/** What a person wants to say. */
export interface Draft {
	readonly text: string;
	/** The scope as it came from the form; unknown is `branch` (DESIGN 4.6). */
	readonly scope: unknown;
	readonly language: string;
	readonly replyTo: number | null;
	/** Set when it announces something that happens somewhere. */
	readonly event?: { readonly title: string };
}

/** What else is written in the transaction that keeps a post. */
export type Also = (writing: Writing, post: Post) => void;

/**
 * Keeps a post and everything that follows from it (notices, deliveries) in one transaction. Throws NotAllowed when this person may
 * not write now, NotFound when the post it answers is not for them, and BadInput with fault codes: `text_missing`, `text_long`,
 * `scope_wider`, `scope_teen`, `mention_outside`.
 */
export async function publish(
	context: BranchContext,
	author: Person,
	draft: Draft,
	also: Also = () => undefined,
): Promise<Post> {
	checkMayWrite(context, author);
	const text = cleanText(draft.text);
	if (text === '')
		throw new BadInput('There is nothing to post yet.', [{ field: 'text', text: 'text_missing' }]);
	if (lengthOf(text) > LONGEST_POST) {
		throw new BadInput('This post is too long.', [{ field: 'text', text: 'text_long' }]);
	}
	const parent = draft.replyTo === null ? null : readableParent(context, author, draft.replyTo);
	const scope = allowedScope(context, author, toScope(draft.scope), parent);
	const actor = context.at.person(author.id);
	const audience = audienceFor(scope, { origin: context.origin, author: actor }, parent?.audience ?? null);
	const found = await findMentions(context, text, audience);
	return context.store.transact((writing) => {
		const id = context.ids.next();
		const post: Post = {
			id,
			uri: context.at.post(author.id, id),
			url: context.at.page(author.handle, id),
			person: author.id,
			remote: null,
			content_html: toHtml(text, found),
			source: text,
			summary: null,
			language: draft.language,
			scope: scopeOf(audience),
			audience,
			mentions: found.map(({ actor, handle }) => ({ actor, handle })),
			reply_to: parent?.id ?? null,
			reply_uri: parent?.uri ?? null,
			thread: parent?.thread ?? id,
			created: context.clock.now(),
			edited: null,
			deleted: null,
			hidden: null,
			kind: draft.event ? 'Event' : 'Note',
			title: draft.event?.title ?? null,
			sensitive: false,
		};
		addPost(writing, post);
		also(writing, post);
		tell(context, writing, post, author, parent);
		sendPost(context, writing, post);
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
		changePost(writing, id, { deleted: context.clock.now(), content_html: '', source: null, summary: null });
	});
}

/** May this person write here now? Throws NotAllowed with the reason. */
export function checkMayWrite(context: BranchContext, person: Person): void {
	if (person.standing !== 'full') {
		throw new NotAllowed(
			'Your card does not open writing now. Any desk can help; reading stays open.',
			'standing',
		);
	}
	if (!isLive(context.current.branch().stage)) {
		throw new NotAllowed('This branch is not open yet, so nothing can be posted here.', 'not_open');
	}
}

function readableParent(context: BranchContext, author: Person, id: number): Post {
	const parent = context.store.read((reading) => postById(reading, id));
	if (!parent || !mayRead(context, parent, readerFor(context, author))) throw new NotFound();
	return parent;
}

function allowedScope(context: BranchContext, author: Person, scope: Scope, parent: Post | null): Scope {
	const offered = offeredFor(context, author, parent?.audience ?? null);
	const chosen = offered.find((one) => one === scope);
	if (chosen) return chosen;
	if (scope === 'public' && staysNear(context, author)) {
		throw new BadInput('Accounts of teens do not post for everyone here.', [
			{ field: 'scope', text: 'scope_teen' },
		]);
	}
	throw new BadInput('An answer cannot go farther than the post it answers.', [
		{ field: 'scope', text: 'scope_wider' },
	]);
}

/** Notices for those of this branch who were answered or named, if the post is for them. */
function tell(
	context: BranchContext,
	writing: Writing,
	post: Post,
	author: { readonly id: number },
	parent: Post | null,
): void {
	const told = new Set([author.id]);
	const say = (person: number | null, kind: NoticeKind) => {
		if (person === null || told.has(person) || !personById(writing, person)) return;
		const reader = { kind: 'person', actor: context.at.person(person), origin: context.origin } as const;
		const may = mayReceive(post.audience, { ...reader, follows: () => false }, context.book.trust());
		if (!may.allowed) return;
		told.add(person);
		addNotice(writing, {
			id: context.ids.next(),
			person,
			kind,
			post: post.id,
			actor: context.at.person(author.id),
			decision: null,
			created: context.clock.now(),
			read: null,
		});
	};
	say(parent?.person ?? null, 'reply');
	for (const { actor } of post.mentions) say(context.at.personIn(actor), 'mention');
}
