import { type Audience, audienceOf, meet, repliesTo, type Scope } from '@understory/core/scope.ts';

/** The three scopes a composer offers, narrowest first. */
export const OFFERED = ['branch', 'neighborhood', 'public'] as const;
export type Offered = (typeof OFFERED)[number];

/** The scopes somebody may choose: all of them for a first post, for a reply those that are not wider than its parent. */
export function offeredFor(parent: Audience | null): Offered[] {
	if (!parent) return [...OFFERED];
	const allowed = repliesTo(parent);
	return OFFERED.filter((scope) => allowed.includes(scope));
}

/**
 * The audience of a post: of its scope, and for a reply never wider than its parent's (DESIGN 5.4). The caller has made sure that
 * the author may read the parent.
 */
export function audienceFor(
	scope: Scope,
	by: { origin: string; author: string },
	parent: Audience | null,
): Audience {
	const own = audienceOf(scope, by);
	if (!parent) return own;
	// A conjunction of "our people" and "their neighbors" is our people, as long as we are their neighbors, which reading the
	// parent has just proved. The meet would put both walls round a single branch, inside which nobody stands.
	const narrowing = own.reach === 'branch' && parent.reach === 'neighborhood';
	if (narrowing && parent.followersOf.length === 0 && parent.only === null) return own;
	return meet(parent, own);
}
