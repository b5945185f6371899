import { createHash } from 'node:crypto';
import type { LocalActor, WirePost } from '../ports.ts';
import type { TheirQuoteRequest } from '../quotes.ts';
import { type Addresses, PUBLIC } from './addresses.ts';
import { QUOTE_CONTEXT } from './context.ts';
import type { Json } from './post.ts';

const CONTEXT = 'https://www.w3.org/ns/activitystreams';

/** A Follow that somebody sent us. */
interface TheirFollow {
	readonly id: string;
	readonly actor: string;
}

/** The activities that carry no post. */
export interface Activities {
	deleteOf(post: Pick<WirePost, 'id' | 'author'>): Json;
	followOf(id: string, follower: LocalActor, object: string): Json;
	unfollowOf(id: string, follower: LocalActor, object: string): Json;
	likeOf(id: string, actor: LocalActor, object: string): Json;
	announceOf(id: string, actor: LocalActor, object: string, when: number): Json;
	profileOf(actor: LocalActor, document: Json, now: number): Json;
	moveOf(id: string, actor: LocalActor, target: string): Json;
	flagOf(
		id: string,
		flag: { readonly object: string | null; readonly author: string; readonly words: string },
	): Json;
	pinOf(type: 'Add' | 'Remove', id: string, actor: LocalActor, object: string): Json;
	voteOf(
		id: string,
		actor: LocalActor,
		vote: { readonly poll: string; readonly author: string; readonly choice: string },
	): Json;
	farewellOf(actor: LocalActor): Json;
	blockOf(id: string, actor: LocalActor, object: string): Json;
	undoActOf(type: 'Like' | 'Announce' | 'Block', id: string, actor: LocalActor, object: string): Json;
	joinAnswerOf(
		type: 'Accept' | 'Reject',
		organizer: LocalActor,
		join: { readonly id: string; readonly actor: string; readonly event: string },
	): Json;
	comingOf(
		type: 'Join' | 'Leave' | 'Accept' | 'Undo',
		id: string,
		actor: LocalActor,
		event: { readonly id: string; readonly organizer: string },
	): Json;
	quoteAnswerOf(
		type: 'Accept' | 'Reject',
		quoted: LocalActor,
		request: TheirQuoteRequest,
		stamp: string | null,
	): Json;
	/** Takes back that a post may quote (FEP-044f). */
	unquoteOf(quoted: LocalActor, stamp: string): Json;
	/** The same Follow is always answered with the same id, so that an answer sent twice is one answer. */
	answerOf(type: 'Accept' | 'Reject', followed: LocalActor, follow: TheirFollow): Json;
}

/** Makes them for the branch of these addresses. */
export function createActivities(at: Addresses): Activities {
	function follow(id: string, follower: LocalActor, object: string): Json {
		return { id: followId(at, id, follower), type: 'Follow', actor: at.actor(follower), object };
	}
	return {
		deleteOf(post) {
			const id = at.post(post.author, post.id);
			// A Delete names nobody: it goes to whoever ever had a copy, and must not tell how far the post once went.
			return {
				'@context': CONTEXT,
				id: `${id}#delete`,
				type: 'Delete',
				actor: at.actor(post.author),
				to: [at.neighbors],
				cc: [],
				object: { id, type: 'Tombstone' },
			};
		},
		followOf: (id, follower, object) => ({
			'@context': CONTEXT,
			...follow(id, follower, object),
			to: [object],
		}),
		unfollowOf: (id, follower, object) => ({
			'@context': CONTEXT,
			id: `${followId(at, id, follower)}/undo`,
			type: 'Undo',
			actor: at.actor(follower),
			to: [object],
			// In full: some servers cannot undo by id alone (reference/fediverse.md 5).
			object: follow(id, follower, object),
		}),
		likeOf: (id, actor, object) => ({
			'@context': CONTEXT,
			id,
			type: 'Like',
			actor: at.actor(actor),
			object,
		}),
		profileOf(actor, document, now) {
			const id = at.actor(actor);
			const { '@context': context, ...object } = document;
			return {
				'@context': context,
				id: `${id}#updates/${now}`,
				type: 'Update',
				actor: id,
				to: [PUBLIC],
				object,
			};
		},
		moveOf: (id, actor, target) => ({
			'@context': CONTEXT,
			id,
			type: 'Move',
			actor: at.actor(actor),
			to: [at.followers(actor)],
			object: at.actor(actor),
			target,
		}),
		// As Mastodon sends it: whom it is about, then what.
		flagOf: (id, { object, author, words }) => ({
			'@context': CONTEXT,
			id,
			type: 'Flag',
			actor: `${at.origin}/ap/actor`,
			to: [author],
			content: words,
			object: object === null ? [author] : [author, object],
		}),
		pinOf: (type, id, actor, object) => ({
			'@context': CONTEXT,
			id: type === 'Add' ? id : `${id}/undo`,
			type,
			actor: at.actor(actor),
			to: [PUBLIC],
			cc: [at.followers(actor)],
			object,
			target: at.featured(actor),
		}),
		// A Note with a name and no content, as Mastodon and the others vote.
		voteOf: (id, actor, { poll, author, choice }) => ({
			'@context': CONTEXT,
			id: `${id}/activity`,
			type: 'Create',
			actor: at.actor(actor),
			to: [author],
			object: {
				id,
				type: 'Note',
				name: choice,
				attributedTo: at.actor(actor),
				inReplyTo: poll,
				to: [author],
			},
		}),
		farewellOf(actor) {
			const id = at.actor(actor);
			return { '@context': CONTEXT, id: `${id}#delete`, type: 'Delete', actor: id, to: [PUBLIC], object: id };
		},
		blockOf: (id, actor, object) => ({
			'@context': CONTEXT,
			id,
			type: 'Block',
			actor: at.actor(actor),
			to: [object],
			object,
		}),
		announceOf: (id, actor, object, when) => ({
			'@context': CONTEXT,
			id,
			type: 'Announce',
			actor: at.actor(actor),
			published: new Date(when).toISOString(),
			to: [PUBLIC],
			cc: [at.followers(actor)],
			object,
		}),
		undoActOf: (type, id, actor, object) => ({
			'@context': CONTEXT,
			id: `${id}/undo`,
			type: 'Undo',
			actor: at.actor(actor),
			...(type === 'Announce' ? { to: [PUBLIC], cc: [at.followers(actor)] } : {}),
			// In full, as above.
			object: { id, type, actor: at.actor(actor), object },
		}),
		joinAnswerOf: (type, organizer, { id, actor, event }) => ({
			'@context': CONTEXT,
			id: `${at.actor(organizer)}#${type.toLowerCase()}-${short(id)}`,
			type,
			actor: at.actor(organizer),
			to: [actor],
			object: { id, type: 'Join', actor, object: event },
		}),
		comingOf(type, id, actor, event) {
			const said = { type, actor: at.actor(actor), to: [event.organizer] };
			const accepted = { id, type: 'Accept', actor: at.actor(actor), object: event.id };
			// In full, as for other things that are taken back.
			if (type === 'Undo') return { '@context': CONTEXT, id: `${id}/undo`, ...said, object: accepted };
			return { '@context': CONTEXT, id: type === 'Leave' ? `${id}/leave` : id, ...said, object: event.id };
		},
		quoteAnswerOf: (type, quoted, { id, actor, object, quoting }, stamp) => ({
			'@context': QUOTE_CONTEXT,
			id: `${at.actor(quoted)}#${type.toLowerCase()}-${short(id)}`,
			type,
			actor: at.actor(quoted),
			to: [actor],
			object: { id, type: 'QuoteRequest', actor, object, instrument: quoting },
			...(stamp === null ? {} : { result: stamp }),
		}),
		// The stamp is named and not shown: who reads this need not know what it was about.
		unquoteOf: (quoted, stamp) => ({
			'@context': CONTEXT,
			id: `${stamp}#delete`,
			type: 'Delete',
			actor: at.actor(quoted),
			to: [at.neighbors],
			cc: [],
			object: stamp,
		}),
		answerOf: (type, followed, { id, actor }) => ({
			'@context': CONTEXT,
			id: `${at.actor(followed)}#${type.toLowerCase()}-${short(id)}`,
			type,
			actor: at.actor(followed),
			to: [actor],
			object: { id, type: 'Follow', actor, object: at.actor(followed) },
		}),
	};
}

/** The id of a Follow of ours: as given when it is an address already, otherwise under its follower. */
export function followId(at: Addresses, id: string, follower: Pick<LocalActor, 'id' | 'kind'>): string {
	return URL.canParse(id) ? id : `${at.actor(follower)}#follows/${id}`;
}

function short(text: string): string {
	return createHash('sha256').update(text).digest('hex').slice(0, 16);
}
