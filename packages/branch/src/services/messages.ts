import { BadInput } from '@understory/core/errors.ts';
import { audienceOf, originOf, scopeOf } from '@understory/core/scope.ts';
import type { BranchContext } from '../context.ts';
import { findFollow } from '../store/follows.ts';
import { type Person, personById } from '../store/people.ts';
import { listPosts, type Mention, type Post } from '../store/posts.ts';
import { remoteById } from '../store/remote-actors.ts';
import type { Reading } from '../store/store.ts';
import { audienceFor, isYoung, keptNear, withinBoth } from './audiences.ts';
import { findMentions } from './mentions.ts';
import type { Found } from './plain-text.ts';
import { mayRead, readerFor } from './readers.ts';

/** A post between named people: for whom, and who of them the text itself names. */
export interface Addressed {
	readonly audience: Post['audience'];
	readonly found: readonly Found[];
	/** Everybody it is for but its author. */
	readonly mentions: readonly Mention[];
}

/**
 * Whom a direct post is for: those it names, whom it answers, and in a conversation between named people all of them, since whoever
 * writes there writes to all. Throws BadInput `direct_nobody`, `server_apart` for somebody of a server with which nothing is exchanged, `mention_teen` for somebody who gets messages only from those they
 * follow (docs/adr/0018), and what `findMentions` throws.
 */
export async function addressTo(
	context: BranchContext,
	author: Person,
	text: string,
	parent: Post | null,
	quoted: Post | null = null,
): Promise<Addressed> {
	const by = { origin: context.origin, author: context.at.person(author.id) };
	const answering = parent ? { ...parent.audience, only: null } : audienceOf('public', by);
	const room = withinBoth(answering, quoted?.audience ?? null);
	const found = await findMentions(context, text, keptNear(context, author, room));
	const people = new Map<string, Mention>();
	for (const { actor, handle } of [...found, ...answeredIn(context, parent)]) {
		if (actor !== by.author && !people.has(actor)) people.set(actor, { actor, handle });
	}
	const named = { ...by, people: [...people.keys()] };
	const answered = audienceFor('direct', named, parent?.audience ?? null);
	const audience = keptNear(context, author, withinBoth(answered, quoted?.audience ?? null));
	const mentions = [...people.values()].filter(({ actor }) => audience.only?.includes(actor));
	if (mentions.length === 0) throw refuse('Nobody is named whom this could be for.', 'direct_nobody');
	if (mentions.some(({ actor }) => context.restrictions.stops(originOf(actor), 'everything'))) {
		throw refuse('Nothing is exchanged with the server of somebody it is for.', 'server_apart');
	}
	if (found.some(({ actor }) => !audience.only?.includes(actor))) {
		throw refuse('Somebody you name is not part of this conversation.', 'mention_outside');
	}
	const closed = context.store.read((reading) =>
		mentions.some(({ actor }) => !mayWriteTo(context, reading, by.author, actor, parent)),
	);
	if (closed) throw refuse('Somebody you name gets messages only from people they follow.', 'mention_teen');
	return { audience, found, mentions };
}

/**
 * May somebody write a message to this person? Teens get none from strangers: only from those they follow, and answers to what they wrote
 * themselves (docs/adr/0018). Of people elsewhere nothing is known, so their own servers decide.
 */
export function mayWriteTo(
	context: Pick<BranchContext, 'at'>,
	reading: Reading,
	from: string,
	to: string,
	answered: Post | null,
): boolean {
	const id = context.at.personIn(to);
	const person = id === null ? undefined : personById(reading, id);
	if (!person || !isYoung(person)) return true;
	if (answered?.person === person.id && answered.audience.only?.includes(from)) return true;
	return findFollow(reading, to, from)?.state === 'accepted';
}

/** Conversations between named people that this person is part of: the newest post of each, newest first. */
export function conversationsOf(
	context: BranchContext,
	person: Person,
	limit: number,
	before?: number,
): { readonly posts: Post[]; readonly more: boolean } {
	const reader = readerFor(context, person);
	const newest = new Map<number, Post>();
	let last = before;
	for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
		const asked = {
			scopes: ['direct'],
			limit: CHUNK,
			...(last === undefined ? {} : { before: last }),
		} as const;
		const rows = context.store.read((reading) => listPosts(reading, asked));
		for (const post of rows) {
			if (newest.has(post.thread) || !mayRead(context, post, reader)) continue;
			if (newest.size === limit) return { posts: [...newest.values()], more: true };
			newest.set(post.thread, post);
		}
		if (rows.length < CHUNK) break;
		last = rows.at(-1)!.id;
	}
	return { posts: [...newest.values()], more: false };
}

/** How many rows are looked at for a page at a time, and how often. */
const CHUNK = 200;
const CHUNKS = 20;

/** The author of what is answered, and in a conversation between named people everybody in it. */
function answeredIn(context: BranchContext, parent: Post | null): Mention[] {
	if (!parent) return [];
	const author = context.store.read((reading) => authorOf(context, reading, parent));
	const others = scopeOf(parent.audience) === 'direct' ? parent.mentions : [];
	return [...(author ? [author] : []), ...others];
}

function authorOf(context: BranchContext, reading: Reading, post: Post): Mention | null {
	if (post.person !== null) {
		const person = personById(reading, post.person);
		return person ? { actor: context.at.person(person.id), handle: person.handle } : null;
	}
	const remote = post.remote === null ? undefined : remoteById(reading, post.remote);
	return remote
		? { actor: remote.uri, handle: `${remote.handle}@${new URL(originOf(remote.uri)).host}` }
		: null;
}

function refuse(sentence: string, fault: string): BadInput {
	return new BadInput(sentence, [{ field: 'text', text: fault }]);
}
