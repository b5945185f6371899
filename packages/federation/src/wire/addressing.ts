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
 * The addressing of a post, or null when it has no wire form: a branch post never has one, and neither has what is for followers
 * or for named people only, until a later slice gives them one. Neighborhood: reference/fediverse.md 2.4 — our own
 * `/ap/neighbors` alone, `cc` empty, never the public collection, never a followers collection; people who are no neighbors
 * are not addressed even when they are mentioned.
 */
export function addressingOf(post: WirePost, at: Addresses, trust: Trust): Addressing | null {
	switch (scopeOf(post.audience)) {
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
	return { to: [to], cc: [cc, ...people], mentions: post.mentions, interactionPolicy: null };
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
			canQuote: { automaticApproval: [author] },
		},
	};
}

/** Pleroma reads any `to` that contains `/followers` as "private"; an actor with such an id is not worth the risk. */
function isPerson(actor: string): boolean {
	return !actor.includes('/followers') && !actor.endsWith('#Public');
}
