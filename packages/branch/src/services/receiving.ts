import { NotAllowed } from '@understory/core/errors.ts';
import { type Audience, audienceOf, mayReceive, meet, originOf, scopeOf } from '@understory/core/scope.ts';
import type {
	FetchedPost,
	Incoming,
	IncomingPost,
	Proof,
	RemoteActor,
} from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import { followersOf } from '../store/follows.ts';
import { personById } from '../store/people.ts';
import { addTags, setTags, type Tag } from '../store/post-tags.ts';
import { keepVersion } from '../store/post-versions.ts';
import { addPost, changePost, type Post, postByUri } from '../store/posts.ts';
import { noteReceived, wasReceived } from '../store/received.ts';
import { remoteByUri } from '../store/remote-actors.ts';
import type { Writing } from '../store/store.ts';
import { joinAnswers } from '../store/threads.ts';
import { receiveAct, receivePin, receiveProfile, receiveUnact } from './acted.ts';
import { receiveBlock } from './blocked.ts';
import { receiveJoinAnswer } from './coming-elsewhere.ts';
import { receiveJoin, receiveLeave } from './coming-from-elsewhere.ts';
import { erase } from './erasing.ts';
import { exchangesWith } from './exchanging.ts';
import { receiveAnswer, receiveFollow, receiveUnfollow } from './followed.ts';
import { keepForeignEvent } from './foreign-event.ts';
import { heardFrom } from './host-health.ts';
import { circleOfIncoming } from './incoming-circle.ts';
import { knowRemote } from './known-remote.ts';
import { forgetRemote } from './leaving.ts';
import { remoteLine } from './markup.ts';
import { receiveMove } from './moving.ts';
import { notice } from './noticing.ts';
import { tagName } from './plain-text.ts';
import { keepForeignPoll, receiveVote } from './polls.ts';
import { mayRead, readerFor, serverReader } from './readers.ts';
import { keepAttachments } from './remote-media.ts';
import { receiveFlag } from './reporting.ts';

const PUBLIC = new Set(['https://www.w3.org/ns/activitystreams#Public', 'as:Public', 'Public']);
/** A post dated further ahead than this is taken as written now. */
const AHEAD = 5 * 60_000;

/**
 * The one door into a branch (DESIGN 5.4): whatever came, by whatever way, is held to the same checks again. Idempotent by activity id:
 * what it does and the note that it came are one transaction. Throws NotAllowed to refuse; what is not for us is taken and dropped.
 */
export async function receive(full: BranchContext, incoming: Incoming, proof: Proof): Promise<void> {
	checkProof(full, incoming, proof);
	// The outbox of a branch of this home keeps what it hands over until it is safe here.
	const context =
		proof.kind === 'sameHome' ? { ...full, store: { ...full.store, ...full.store.relaxed } } : full;
	heardFrom(context, proof.origin);
	switch (incoming.type) {
		case 'create':
		case 'update':
			return receivePost(context, incoming);
		case 'delete':
			return receiveDelete(context, incoming);
		case 'follow':
			return receiveFollow(context, incoming);
		case 'like':
		case 'announce':
			return receiveAct(context, incoming);
		case 'flag':
			return receiveFlag(context, incoming);
		case 'move':
			return receiveMove(context, incoming);
		case 'profile':
			return receiveProfile(context, incoming);
		case 'pin':
		case 'unpin':
			return receivePin(context, incoming);
		case 'vote':
			return receiveVote(context, incoming);
		case 'join':
		case 'leave':
			return (incoming.type === 'join' ? receiveJoin : receiveLeave)(context, incoming);
		case 'block':
			return receiveBlock(context, incoming);
		case 'unact':
			return receiveUnact(context, incoming);
		case 'unfollow':
			return receiveUnfollow(context, incoming);
		default:
			if (receiveJoinAnswer(context, incoming)) return;
			return receiveAnswer(context, incoming);
	}
}

/** Signer, actor and object come from one origin (FEP-fe34), and that origin is not our own. */
function checkProof(context: BranchContext, incoming: Incoming, proof: Proof): void {
	const actor = typeof incoming.actor === 'string' ? incoming.actor : incoming.actor.id;
	const origin = originOf(actor);
	const ids = [actor, proof.actor];
	if ('post' in incoming) ids.push(incoming.post.id, incoming.post.author);
	const same = origin !== '' && proof.origin === origin && ids.every((id) => originOf(id) === origin);
	const author = 'post' in incoming ? incoming.post.author : actor;
	if (!same || proof.actor !== actor || author !== actor) {
		throw new NotAllowed('Signature, actor and object do not belong to one server.', 'origin_mismatch');
	}
	if (origin === context.origin) {
		throw new NotAllowed('This branch does not send to itself.', 'origin_mismatch');
	}
}

function receivePost(
	context: BranchContext,
	incoming: Extract<Incoming, { type: 'create' | 'update' }>,
): void {
	const { actor, post } = incoming;
	context.store.transact((writing) => {
		if (wasReceived(writing, incoming.id)) return;
		const audience = audienceOfIncoming(context, actor, post);
		const wanted = audience !== null && isWanted(context, actor, audience, post);
		noteReceived(writing, incoming.id, context.clock.now());
		const known = postByUri(writing, post.id);
		if (known) {
			if (incoming.type === 'update') edit(context, writing, known, incoming, wanted ? post.contentHtml : '');
		} else if (wanted && incoming.type === 'create') {
			keep(context, writing, { actor, incoming: post, audience }, true);
		}
	});
}

/**
 * Keeps a post that was fetched to make a conversation whole, as if it had been sent: the same checks, but nobody is told of it. Only what
 * is for everyone, or for the neighborhood and from a neighbor; its server showed it to this branch, not to people by name.
 */
export function keepFetched(context: BranchContext, { post, actor }: FetchedPost): void {
	const audience = audienceOfIncoming(context, actor, post);
	if (audience === null || audience.only !== null || audience.followersOf.length > 0) return;
	context.store.transact((writing) => {
		if (!postByUri(writing, post.id)) keep(context, writing, { actor, incoming: post, audience }, false);
	});
}

/**
 * Who a post from elsewhere is for, from its addressing; null when it is for somebody else. A neighborhood post names exactly its own
 * branch's `/ap/neighbors` and nothing besides (reference/fediverse.md 2.4); a mix with the public is refused.
 */
function audienceOfIncoming(context: BranchContext, actor: RemoteActor, post: IncomingPost): Audience | null {
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
function isWanted(
	context: BranchContext,
	actor: RemoteActor,
	audience: Audience,
	post: IncomingPost,
): boolean {
	if (context.current.branch().federation === 'closed') return false;
	const exchanges = exchangesWith(context, originOf(actor.id));
	if (audience.reach === 'neighborhood') return true;
	return context.store.read((reading) => {
		const followed = followersOf(reading, actor.id);
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

function keep(
	context: BranchContext,
	writing: Writing,
	{ actor, incoming, audience }: { actor: RemoteActor; incoming: IncomingPost; audience: Audience },
	tells: boolean,
): void {
	const now = context.clock.now();
	const author = knowRemote(context, writing, actor);
	const parent = parentOf(context, writing, incoming);
	// A conversation of ours stays inside its own walls, whatever a reply from elsewhere says of itself.
	const inside = parent ? meet(parent.audience, audience) : audience;
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
	};
	addPost(writing, post);
	addTags(writing, id, tagsFrom(incoming));
	keepAttachments(context, writing, id, incoming);
	if (incoming.event) keepForeignEvent(context, writing, id, incoming.event);
	keepForeignPoll(context, writing, id, incoming);
	joinAnswers(writing, post);
	if (tells) tell(context, writing, post, actor.id, parent);
}

/** The post it answers, if we have it and its server may know of it; a guess at one of our walled posts finds nothing. */
function parentOf(context: BranchContext, writing: Writing, incoming: IncomingPost): Post | null {
	const parent = incoming.inReplyTo === null ? undefined : postByUri(writing, incoming.inReplyTo);
	if (!parent || parent.deleted !== null) return null;
	const reader = serverReader(context, originOf(incoming.author));
	return mayReceive(parent.audience, reader, context.book.trust()).allowed ? parent : null;
}

function edit(
	context: BranchContext,
	writing: Writing,
	known: Post,
	incoming: Extract<Incoming, { type: 'create' | 'update' }>,
	html: string,
): void {
	const author = remoteByUri(writing, incoming.actor.id);
	const says = html !== '' || incoming.post.title !== '' || incoming.post.poll !== null;
	if (!author || known.remote !== author.id || known.deleted !== null || !says) return;
	keepForeignPoll(context, writing, known.id, incoming.post);
	const summary = incoming.post.summary === null ? null : remoteLine(incoming.post.summary, 500);
	// The audience stays what it was: an Update never widens (reference/fediverse.md 2.4).
	const sensitive = incoming.post.sensitive || summary !== null;
	const title = remoteLine(incoming.post.title, 300) || null;
	// How a question stands is told by Updates that change no word.
	const sameWords = known.content_html === html && known.title === title && known.summary === summary;
	if (incoming.post.poll && sameWords) return;
	keepVersion(writing, context.ids.next(), known);
	const edited = context.clock.now();
	changePost(writing, known.id, { content_html: html, title, summary, sensitive, edited });
	if (incoming.post.event) keepForeignEvent(context, writing, known.id, incoming.post.event);
	setTags(writing, known.id, tagsFrom(incoming.post));
}

async function receiveDelete(
	context: BranchContext,
	incoming: Extract<Incoming, { type: 'delete' }>,
): Promise<void> {
	context.store.transact((writing) => {
		if (incoming.object === incoming.actor) {
			forgetRemote(context, writing, incoming.actor);
			return;
		}
		const post = postByUri(writing, incoming.object);
		const author = remoteByUri(writing, incoming.actor);
		if (!post || !author || post.remote !== author.id || post.deleted !== null) return;
		erase(context, writing, post.id);
	});
}

function tell(
	context: BranchContext,
	writing: Writing,
	post: Post,
	actor: string,
	parent: Post | null,
): void {
	const people = new Set<number>();
	if (parent?.person) people.add(parent.person);
	for (const mention of post.mentions) {
		const person = context.at.personIn(mention.actor);
		if (person !== null && personById(writing, person)) people.add(person);
	}
	for (const id of people) {
		const person = personById(writing, id);
		if (!person || !mayRead(context, post, readerFor(context, person))) continue;
		const kind = post.audience.only ? 'message' : id === parent?.person ? 'reply' : 'mention';
		notice(context, writing, { person: id, kind, post: post.id, actor });
	}
}

/** The topics it names, as far as they are such as people here may write. */
function tagsFrom(post: IncomingPost): Tag[] {
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
