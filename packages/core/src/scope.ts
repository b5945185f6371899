/**
 * Who a post is for. A scope is the word people see; an audience is the set it stands for. Audiences form a meet
 * (DESIGN 5.4): what two of them both allow is an audience again, and a reply's is the meet of its own and its parent's.
 */

export const SCOPES = ['branch', 'neighborhood', 'public', 'followers', 'direct'] as const;
/** The word shown on every post. Never widened after posting. */
export type Scope = (typeof SCOPES)[number];

/** How far the outermost wall stands. */
export type Reach = 'branch' | 'neighborhood' | 'public';

/** A set of readers, as a conjunction: a reader must satisfy every part of it. */
export interface Audience {
	readonly reach: Reach;
	/** Origins of the branches whose wall (their own people, or their neighbors) stands round this; empty when public. */
	readonly walls: readonly string[];
	/**
	 * Only with reach `branch`: origins of other branches whose neighbors alone may read, besides. A branch's answer to a neighbor's post is for its own
	 * people, as far as these are neighbors there.
	 */
	readonly near?: readonly string[];
	/** Actor ids; a reader must follow each of them. */
	readonly followersOf: readonly string[];
	/** Actor ids; when not null, only these may read. */
	readonly only: readonly string[] | null;
	/** False for Mastodon's `unlisted`: readable by everyone, on no board. */
	readonly listed: boolean;
}

/** Reads a scope from outside; anything unknown is `branch`, because closed is the safe reading (DESIGN 4.6). */
export function toScope(word: unknown): Scope {
	return SCOPES.find((scope) => scope === word) ?? 'branch';
}

/** The audience a scope stands for, when `author` (an actor id) writes it at the branch of `origin`. */
export function audienceOf(
	scope: Scope,
	by: { origin: string; author: string; people?: readonly string[]; listed?: boolean },
): Audience {
	switch (scope) {
		case 'public':
			return { reach: 'public', walls: [], followersOf: [], only: null, listed: by.listed ?? true };
		case 'neighborhood':
			return { reach: 'neighborhood', walls: [by.origin], followersOf: [], only: null, listed: true };
		case 'followers':
			return { reach: 'public', walls: [], followersOf: [by.author], only: null, listed: false };
		case 'direct':
			return {
				reach: 'public',
				walls: [],
				followersOf: [],
				only: [...new Set([by.author, ...(by.people ?? [])])].sort(),
				listed: false,
			};
		default:
			return { reach: 'branch', walls: [by.origin], followersOf: [], only: null, listed: true };
	}
}

/** The word for an audience: the narrowest part of it decides. */
export function scopeOf(audience: Audience): Scope {
	if (audience.only !== null) return 'direct';
	if (audience.followersOf.length > 0) return 'followers';
	return audience.reach;
}

const ORDER: Record<Reach, number> = { branch: 0, neighborhood: 1, public: 2 };

/** What both audiences allow. Commutative, associative, and never wider than either. */
export function meet(a: Audience, b: Audience): Audience {
	const reach = ORDER[a.reach] <= ORDER[b.reach] ? a.reach : b.reach;
	// A neighborhood's wall stays one inside a branch: to stand at that branch is not asked, only to be its neighbor.
	const inside = (one: Audience) => one.reach === 'branch' || reach !== 'branch';
	const walls = union(inside(a) ? a.walls : [], inside(b) ? b.walls : []);
	const near = union(
		[...(a.near ?? []), ...(inside(a) ? [] : a.walls)],
		[...(b.near ?? []), ...(inside(b) ? [] : b.walls)],
	).filter((origin) => !walls.includes(origin));
	const only =
		a.only === null ? b.only : b.only === null ? a.only : a.only.filter((person) => b.only!.includes(person));
	return {
		reach,
		walls,
		...(near.length > 0 ? { near } : {}),
		followersOf: union(a.followersOf, b.followersOf),
		only,
		listed: a.listed && b.listed,
	};
}

/**
 * Is `inner` never read by anybody who may not read `outer`? Answered from what the two say, so a no may be too careful; a yes never is.
 * A branch stands inside a neighborhood when it is a neighbor of every wall of it.
 */
export function isWithin(inner: Audience, outer: Audience, trust: Trust): boolean {
	if (!(inner.reach in ORDER) || !(outer.reach in ORDER)) return false;
	if (ORDER[inner.reach] > ORDER[outer.reach]) return false;
	const { only } = outer;
	if (only !== null && !inner.only?.every((person) => only.includes(person))) return false;
	if (!outer.followersOf.every((actor) => inner.followersOf.includes(actor))) return false;
	// All who may read what is inside a branch are at its walls.
	const neighbors = (wall: string) =>
		inner.reach === 'branch' && inner.walls.every((one) => trust.neighborsOf(wall).has(one));
	const near = (wall: string) => inner.near?.includes(wall) === true || neighbors(wall);
	if (!(outer.near ?? []).every(near)) return false;
	if (outer.reach === 'public') return true;
	if (outer.walls.length === 0 || inner.walls.length === 0) return false;
	return outer.walls.every(
		(wall) => inner.walls.includes(wall) || (outer.reach === 'neighborhood' && near(wall)),
	);
}

/** The scopes a reply to `parent` may choose: never wider than the parent, narrower ones allowed (their meet with it is what counts). */
export function repliesTo(parent: Audience): Scope[] {
	const word = scopeOf(parent);
	if (word === 'direct') return ['direct'];
	if (word === 'followers') return ['followers', 'direct'];
	const reaches: Scope[] = ['branch', 'neighborhood', 'public'];
	return [...reaches.slice(0, ORDER[parent.reach] + 1), 'followers', 'direct'];
}

/** Who asks to read, or to be sent, something. */
export type Reader =
	| { readonly kind: 'nobody' }
	/** A person with an account: `origin` is where the account lives. */
	| {
			readonly kind: 'person';
			readonly actor: string;
			readonly origin: string;
			follows(actor: string): boolean;
	  }
	/** A server whose signature was verified; it may hold a copy for its people. */
	| { readonly kind: 'server'; readonly origin: string; hasFollowerOf(actor: string): boolean };

/** Who trusts whom, from the current rosters: the neighbors of a branch, itself included. Unknown origin: empty. */
export interface Trust {
	neighborsOf(origin: string): ReadonlySet<string>;
}

/** An answer and its reason, for tests, logs and pages. */
export interface Decision {
	readonly allowed: boolean;
	readonly reason:
		| 'everyone'
		| 'inside_the_walls'
		| 'outside_the_branch'
		| 'not_a_neighbor'
		| 'not_a_follower'
		| 'not_named'
		| 'needs_a_person'
		| 'empty';
}

const no = (reason: Decision['reason']): Decision => ({ allowed: false, reason });
const yes = (reason: Decision['reason']): Decision => ({ allowed: true, reason });

/**
 * May this leave, to whom? The one place where scope is enforced (DESIGN 4.6); everything that reads, lists, serializes or
 * delivers asks here. Fails closed: an audience without the walls its reach needs is for nobody.
 */
export function mayReceive(audience: Audience, reader: Reader, trust: Trust): Decision {
	if (audience.reach !== 'public' && audience.walls.length === 0) return no('empty');
	if (!(audience.reach in ORDER)) return no('empty');
	if (reader.kind === 'nobody') {
		const open = audience.reach === 'public' && audience.followersOf.length === 0 && audience.only === null;
		return open ? yes('everyone') : no('needs_a_person');
	}
	if (reader.origin === '') return no('empty');
	for (const wall of audience.walls) {
		if (audience.reach === 'branch' && wall !== reader.origin) return no('outside_the_branch');
		if (
			audience.reach === 'neighborhood' &&
			wall !== reader.origin &&
			!trust.neighborsOf(wall).has(reader.origin)
		) {
			return no('not_a_neighbor');
		}
	}
	for (const origin of audience.near ?? []) {
		if (!trust.neighborsOf(origin).has(reader.origin)) return no('not_a_neighbor');
	}
	if (reader.kind === 'server') {
		// A branch-scoped post is never handed to a server, not even its own: it has no wire form.
		if (audience.reach === 'branch') return no('outside_the_branch');
		if (audience.only !== null && !audience.only.some((actor) => originOf(actor) === reader.origin)) {
			return no('not_named');
		}
		// Whoever is followed has it at home, besides those who follow.
		const holds = (actor: string) => originOf(actor) === reader.origin || reader.hasFollowerOf(actor);
		if (!audience.followersOf.every(holds)) return no('not_a_follower');
	} else {
		if (audience.only !== null && !audience.only.includes(reader.actor)) return no('not_named');
		const follows = (actor: string) => actor === reader.actor || reader.follows(actor);
		if (!audience.followersOf.every(follows)) return no('not_a_follower');
	}
	return yes(audience.walls.length > 0 ? 'inside_the_walls' : 'everyone');
}

/** The origin (scheme, host, port) of an id; an empty string when it is not a URL, which no origin equals. */
export function originOf(id: string): string {
	return URL.canParse(id) ? new URL(id).origin : '';
}

function union(a: readonly string[], b: readonly string[]): string[] {
	return [...new Set([...a, ...b])].sort();
}
