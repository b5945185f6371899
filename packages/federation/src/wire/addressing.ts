import { originOf, scopeOf, type Trust } from '@understory/core/scope.ts';
import type { WirePost } from '../ports.ts';
import { type Addresses, PUBLIC } from './addresses.ts';

type Mention = WirePost['mentions'][number];

/** Whom a post is addressed to on the wire. Always arrays, the same on the activity and on the object. */
export interface Addressing {
	readonly to: readonly string[];
	readonly cc: readonly string[];
	readonly mentions: readonly Mention[];
	/** Who may reply, boost and quote without asking; null when there is nothing to say. */
	readonly interactionPolicy: Readonly<Record<string, unknown>> | null;
}

/**
 * The addressing of a post, or null when it has no wire form: a branch post never has one. For followers: the author's own collection
 * of them; for named people: these and nobody else, as Mastodon reads both. Neighborhood: reference/fediverse.md 2.4 — our own
 * `/ap/neighbors` alone, `cc` empty, never the public collection, never a followers collection; people who are no neighbors
 * are not addressed even when they are mentioned.
 */
export function addressingOf(post: WirePost, at: Addresses, trust: Trust): Addressing | null {
	if (post.audience.reach === 'branch') return null;
	switch (scopeOf(post.audience)) {
		case 'direct':
			return toNamed(post, at);
		case 'followers':
			return toFollowers(post, at);
		case 'public':
			return publicly(post, at);
		case 'neighborhood':
			return post.audience.walls.includes(at.origin) ? amongNeighbors(post, at, trust) : null;
		default:
			return null;
	}
}

function publicly(post: WirePost, at: Addresses): Addressing {
	const people = post.mentions.map((mention) => mention.actor);
	const followers = at.followers(post.author);
	const [to, cc] = post.audience.listed ? [PUBLIC, followers] : [followers, PUBLIC];
	const interactionPolicy = { canQuote: canQuote(post, at, PUBLIC) };
	return { to: [to], cc: [cc, ...people], mentions: post.mentions, interactionPolicy };
}

function toNamed(post: WirePost, at: Addresses): Addressing {
	const author = at.actor(post.author);
	const only = post.audience.only ?? [];
	const mentions = post.mentions.filter(({ actor }) => only.includes(actor) && isPerson(actor));
	const people = only.filter((actor) => actor !== author && isPerson(actor));
	return { to: people, cc: [], mentions, interactionPolicy: onlyAuthor(author) };
}

/** Under somebody else's post for their followers, it is theirs that are meant: only their own server can reach these. */
function toFollowers(post: WirePost, at: Addresses): Addressing {
	const author = at.actor(post.author);
	const own = post.audience.followersOf.includes(author);
	const others = post.audience.followersOf.filter((actor) => actor !== author);
	const to = own ? [at.followers(post.author), ...others] : others;
	const mentions = post.mentions.filter(({ actor }) => isPerson(actor));
	return {
		to,
		cc: mentions.map(({ actor }) => actor),
		mentions,
		interactionPolicy: onlyAuthor(author),
	};
}

function onlyAuthor(author: string): Addressing['interactionPolicy'] {
	return { canAnnounce: { automaticApproval: [author] }, canQuote: { automaticApproval: [author] } };
}

function amongNeighbors(post: WirePost, at: Addresses, trust: Trust): Addressing {
	const neighbors = trust.neighborsOf(at.origin);
	const mentions = post.mentions.filter(({ actor }) => neighbors.has(originOf(actor)) && isPerson(actor));
	const author = at.actor(post.author);
	return {
		to: [at.neighbors, ...mentions.map((mention) => mention.actor)],
		cc: [],
		mentions,
		interactionPolicy: {
			canReply: { automaticApproval: [at.neighbors] },
			canAnnounce: { automaticApproval: [author] },
			canQuote: canQuote(post, at, at.neighbors),
		},
	};
}

/**
 * Who may quote it (FEP-044f). `all`: everybody whom it is for. A collection of followers is named in what is public alone; where it is not,
 * they are asked to ask, and answered at once.
 */
function canQuote(post: WirePost, at: Addresses, all: string): Readonly<Record<string, readonly string[]>> {
	const author = at.actor(post.author);
	switch (post.quotable) {
		case 'everyone':
			return { automaticApproval: [all] };
		case 'followers':
			return {
				automaticApproval: [all === PUBLIC ? at.followers(post.author) : author],
				manualApproval: [all],
			};
		case 'ask':
			return { automaticApproval: [author], manualApproval: [all] };
		default:
			// An empty list would be as good as none.
			return { automaticApproval: [author] };
	}
}

/** Pleroma reads any `to` that contains `/followers` as "private"; an actor with such an id is not worth the risk. */
function isPerson(actor: string): boolean {
	return !actor.includes('/followers') && !actor.endsWith('#Public');
}
