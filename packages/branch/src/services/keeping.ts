import { NotAllowed } from '@understory/core/errors.ts';
import { type Audience, audienceOf, mayReceive, meet, originOf, scopeOf } from '@understory/core/scope.ts';
import type { FetchedPost, IncomingPost, RemoteActor } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import { followersOf } from '../store/follows.ts';
import { personById } from '../store/people.ts';
import { addTags, type Tag } from '../store/post-tags.ts';
import { addPost, type Post, postByUri } from '../store/posts.ts';
import { joinQuotes } from '../store/quotes.ts';
import type { Reading, Writing } from '../store/store.ts';
import { joinAnswers } from '../store/threads.ts';
import { emojiOf } from './emoji.ts';
import { exchangesWith } from './exchanging.ts';
import { keepForeignEvent } from './foreign-event.ts';
import { keepForeignQuote, policyIn, withinQuoted } from './foreign-quote.ts';
import { queueIfWatched } from './hosting/watching.ts';
import { circleOfIncoming } from './incoming-circle.ts';
import { knowRemote } from './known-remote.ts';
import { remoteLine } from './markup.ts';
import { notice } from './noticing.ts';
import { tagName } from './plain-text.ts';
import { keepForeignPoll } from './polls.ts';
import { tellOfQuorum } from './quorum.ts';
import { mayRead, readerFor, serverReader } from './readers.ts';
import { keepAttachments } from './remote-media.ts';

const PUBLIC = new Set(['https://www.w3.org/ns/activitystreams#Public', 'as:Public', 'Public']);
/** A post dated further ahead than this is taken as written now. */
const AHEAD = 5 * 60_000;

/**
 * Keeps a post that was fetched to make a conversation whole, as if it had been sent: the same checks, but nobody is told of it. Only what
 * is for everyone, or for the neighborhood and from a neighbor; its server showed it to this branch, not to people by name.
 */
export function keepFetched(context: BranchContext, { post, actor }: FetchedPost): void {
	const audience = audienceOfIncoming(context, actor, post);
	if (audience === null || audience.only !== null || audience.followersOf.length > 0) return;
	context.store.transact((writing) => {
		if (!postByUri(writing, post.id) && !answersLocked(writing, post))
			keepIncoming(context, writing, { actor, incoming: post, audience }, false);
	});
}

/**
 * Who a post from elsewhere is for, from its addressing; null when it is for somebody else. A neighborhood post names exactly its own
 * branch's `/ap/neighbors` and nothing besides (reference/fediverse.md 2.4); a mix with the public is refused.
 */
export function audienceOfIncoming(
	context: BranchContext,
	actor: RemoteActor,
	post: IncomingPost,
): Audience | null {
	const origin = originOf(post.author);
	const everyone = [...post.to, ...post.cc];
	const isPublic = everyone.some((id) => PUBLIC.has(id));
	const neighbors = everyone.filter((id) => id.endsWith('/ap/neighbors'));
	if (neighbors.length > 0) {
		const rest = post.to.filter((id) => id !== `${origin}/ap/neighbors`);
		const named = new Set(post.mentions.map(({ actor }) => actor));
		const exact =
			post.to.includes(`${origin}/ap/neighbors`) && rest.every((id) => named.has(id)) && post.cc.length === 0;
		if (!exact || isPublic) {
			throw new NotAllowed(
				'A neighborhood post is addressed to its own neighbors and nobody else.',
				'addressing',
			);
		}
		if (!context.book.trust().neighborsOf(context.origin).has(origin)) {
			throw new NotAllowed('Only mutual neighbors send neighborhood posts here.', 'not_a_neighbor');
		}
		return audienceOf('neighborhood', { origin, author: post.author });
	}
	if (!isPublic) return circleOfIncoming(context, actor, post);
	return audienceOf('public', { origin, author: post.author, listed: post.to.some((id) => PUBLIC.has(id)) });
}

/** Do we keep it: from a neighbor, from somebody that somebody here follows, an answer to one of ours, or a message to one of us? */
export function isWanted(
	context: BranchContext,
	actor: RemoteActor,
	audience: Audience,
	post: IncomingPost,
): boolean {
	if (context.current.branch().federation === 'closed') return false;
	const exchanges = exchangesWith(context, originOf(actor.id));
	const silenced = context.restrictions.stops(originOf(actor.id), 'strangers');
	if (audience.reach === 'neighborhood' && !silenced) return true;
	return context.store.read((reading) => {
		const followed = followersOf(reading, actor.id);
		if (silenced) {
			return followed.some((follower) => audience.only === null || audience.only.includes(follower));
		}
		if (audience.followersOf.length > 0) return followed.length > 0;
		if (context.book.trust().neighborsOf(context.origin).has(originOf(actor.id))) return true;
		if (audience.only !== null) {
			return exchanges || followed.some((follower) => audience.only?.includes(follower));
		}
		if (followed.length > 0) return true;
		const parent = post.inReplyTo === null ? undefined : postByUri(reading, post.inReplyTo);
		return exchanges && parent?.person !== undefined && parent.person !== null;
	});
}

/** Does it answer a post of ours whose answers a host ended? */
export function answersLocked(reading: Reading, { inReplyTo }: IncomingPost): boolean {
	const parent = inReplyTo === null ? undefined : postByUri(reading, inReplyTo);
	return parent?.person != null && parent.locked != null;
}

/** A post that came, and whom it is for. */
export interface Arrived {
	readonly actor: RemoteActor;
	readonly incoming: IncomingPost;
	readonly audience: Audience;
}

/**
 * Keeps a post of another server, in the transaction that notes that it came. `tells`: whom it answers or names is told; not those in
 * `told`, who know already.
 */
export function keepIncoming(
	context: BranchContext,
	writing: Writing,
	{ actor, incoming, audience }: Arrived,
	tells: boolean,
	told: ReadonlySet<number> = new Set(),
): Post {
	const now = context.clock.now();
	const author = knowRemote(context, writing, actor);
	const parent = parentOf(context, writing, incoming);
	// A conversation of ours stays inside its own walls, whatever a reply from elsewhere says of itself.
	const own = withinQuoted(context, writing, { incoming, audience });
	const inside = parent ? meet(parent.audience, own) : own;
	const id = context.ids.next();
	const post: Post = {
		id,
		uri: incoming.id,
		url: incoming.url,
		person: null,
		remote: author.id,
		content_html: incoming.contentHtml,
		source: null,
		summary: incoming.summary === null ? null : remoteLine(incoming.summary, 500),
		language: language(incoming.language),
		scope: scopeOf(inside),
		audience: inside,
		mentions: incoming.mentions.slice(0, 50).map(({ actor: who, name }) => ({
			actor: who,
			handle: remoteLine(name ?? '', 100).replace(/^@/, ''),
		})),
		reply_to: parent?.id ?? null,
		reply_uri: incoming.inReplyTo,
		thread: parent?.thread ?? id,
		created: incoming.published > now + AHEAD ? now : incoming.published,
		edited: null,
		deleted: null,
		hidden: null,
		kind: incoming.kind,
		title: remoteLine(incoming.title, 300) || null,
		sensitive: incoming.sensitive || incoming.summary !== null,
		can_quote: policyIn(context, actor, incoming),
		emoji: emojiOf(incoming),
	};
	addPost(writing, post);
	addTags(writing, id, tagsFrom(incoming));
	keepAttachments(context, writing, id, incoming);
	if (incoming.event) keepForeignEvent(context, writing, id, incoming.event);
	keepForeignPoll(context, writing, id, incoming);
	joinAnswers(writing, post);
	if (incoming.quote) keepForeignQuote(context, writing, post, incoming);
	if (joinQuotes(writing, post, now)) writing.afterwards(context.wake);
	if (tells) tell(context, writing, post, actor.id, parent, told);
	tellOfQuorum(context, writing, post);
	queueIfWatched(context, writing, post);
	return post;
}

/** The post it answers, if we have it and its server may know of it; a guess at one of our walled posts finds nothing. */
function parentOf(context: BranchContext, writing: Writing, incoming: IncomingPost): Post | null {
	const parent = incoming.inReplyTo === null ? undefined : postByUri(writing, incoming.inReplyTo);
	if (!parent || parent.deleted !== null) return null;
	const reader = serverReader(context, originOf(incoming.author));
	return mayReceive(parent.audience, reader, context.book.trust()).allowed ? parent : null;
}

function tell(
	context: BranchContext,
	writing: Writing,
	post: Post,
	actor: string,
	parent: Post | null,
	told: ReadonlySet<number>,
): void {
	const people = new Set<number>();
	if (parent?.person) people.add(parent.person);
	for (const mention of post.mentions) {
		const person = context.at.personIn(mention.actor);
		if (person !== null && personById(writing, person)) people.add(person);
	}
	for (const id of people) {
		if (told.has(id)) continue;
		const person = personById(writing, id);
		if (!person || !mayRead(context, post, readerFor(context, person))) continue;
		const kind = post.audience.only ? 'message' : id === parent?.person ? 'reply' : 'mention';
		notice(context, writing, { person: id, kind, post: post.id, actor });
	}
}

/** The topics it names, as far as they are such as people here may write. */
export function tagsFrom(post: IncomingPost): Tag[] {
	const found = new Map<string, Tag>();
	for (const shown of post.tags.slice(0, 30)) {
		const name = tagName(shown);
		if (name !== null) found.set(name, { name, shown: remoteLine(shown.replace(/^#/, ''), 60) });
	}
	return [...found.values()];
}

function language(tag: string | null): string | null {
	return tag !== null && /^[a-z]{2,3}(-[A-Za-z0-9]{1,8})*$/.test(tag) ? tag : null;
}
