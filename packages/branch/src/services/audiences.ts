import type { AgeBand } from '@understory/core/claims.ts';
import { quotesOf } from '@understory/core/quote.ts';
import { type Audience, audienceOf, meet, repliesTo, type Scope, scopeOf } from '@understory/core/scope.ts';
import type { BranchContext } from '../context.ts';
import { parentsYesOf } from '../store/parents-yes.ts';

/** The scopes that may be somebody's default, narrowest first. */
export const OFFERED = ['branch', 'neighborhood', 'public'] as const;
export type Offered = (typeof OFFERED)[number];
/** Every scope a composer offers: those three, and circles of people. */
const CHOOSABLE = [...OFFERED, 'followers', 'direct'] as const;

/** Whoever is to choose, as far as it matters here: an account, or the claims of somebody who has none yet. */
export interface Chooser {
	readonly age_band: AgeBand;
	/** Their account, once they have one. */
	readonly id?: number;
}

/** Is this somebody whom the branch protects for their age? An unknown age is not held to be young (docs/adr/0018). */
export function isYoung({ age_band }: Chooser): boolean {
	return age_band === 'teen' || age_band === 'child';
}

/** Is this somebody whose posts stay within the neighborhood, because neither the library nor a parent has said otherwise (docs/adr/0018, 0079)? */
export function staysNear(context: Pick<BranchContext, 'current' | 'store'>, who: Chooser): boolean {
	return isYoung(who) && context.current.branch().teens_public !== true && !mayByParents(context, who);
}

/** Is this a teen of whom a parent or guardian said at the desk that they may post for everyone (docs/adr/0079)? */
export function mayByParents({ store }: Pick<BranchContext, 'store'>, who: Chooser): boolean {
	const { id } = who;
	return id !== undefined && isYoung(who) && store.read((reading) => parentsYesOf(reading, id)) !== undefined;
}

/** What a post quotes, as far as it decides whom the post may be for. `own`: by the same author. */
export interface Quoted {
	readonly audience: Audience;
	readonly own: boolean;
}

/**
 * The scopes somebody may choose: for a first post all that are open to them, for a reply those of them that are not wider than
 * its parent, for a quote such as it may have. Teens have no public scope unless the library's policy allows it (docs/adr/0018).
 */
export function offeredFor(
	context: Pick<BranchContext, 'current' | 'store'>,
	author: Chooser,
	parent: Audience | null,
	quoted: Quoted | null = null,
): Scope[] {
	const answering: readonly Scope[] = parent ? repliesTo(parent) : CHOOSABLE;
	const quoting: readonly Scope[] = quoted ? quotesOf(quoted.audience, quoted.own) : CHOOSABLE;
	const near = staysNear(context, author);
	return CHOOSABLE.filter(
		(scope) => answering.includes(scope) && quoting.includes(scope) && !(near && scope === 'public'),
	);
}

/** The scope that may be somebody's default: the one they chose, or `branch` when it is not open to them (DESIGN 4.6). */
export function defaultFor(
	context: Pick<BranchContext, 'current' | 'store'>,
	who: Chooser,
	word: unknown,
): Offered {
	const offered = offeredFor(context, who, null);
	return OFFERED.find((scope) => scope === word && offered.includes(scope)) ?? 'branch';
}

/** Whoever writes, and whom they name. */
interface By {
	readonly origin: string;
	readonly author: string;
	/** Actor ids; they matter for `direct` alone. */
	readonly people?: readonly string[];
}

/**
 * The audience of a post: of its scope, and for a reply never wider than its parent's (DESIGN 5.4). The caller has made sure that
 * the author may read the parent.
 */
export function audienceFor(scope: Scope, by: By, parent: Audience | null): Audience {
	const own = audienceOf(scope, by);
	// Among somebody's followers an answer is for these again. To ask for those who follow both would leave out the one who is answered.
	if (parent && scope === 'followers' && scopeOf(parent) === 'followers') return parent;
	return withinBoth(own, parent);
}

/** What both allow, as somebody of this branch writes it who may read the outer one; all of `own` when there is none. */
export function withinBoth(own: Audience, parent: Audience | null): Audience {
	if (!parent) return own;
	// A conjunction of "our people" and "their neighbors" is our people, as long as we are their neighbors, which reading the parent has just
	// proved. Should that end, what people said to each other here stays theirs to read, so the meet's condition is not kept with it.
	const narrowing = own.reach === 'branch' && parent.reach === 'neighborhood';
	if (narrowing && parent.followersOf.length === 0 && parent.only === null) return own;
	return meet(parent, own);
}

/** What somebody who stays near writes for a circle of people stays inside the neighborhood (docs/adr/0018). */
export function keptNear(
	context: Pick<BranchContext, 'current' | 'origin' | 'store'>,
	author: Chooser,
	audience: Audience,
): Audience {
	if (audience.reach !== 'public' || !staysNear(context, author)) return audience;
	return meet(audience, audienceOf('neighborhood', { origin: context.origin, author: '' }));
}
