import { type Audience, isWithin, repliesTo, type Scope, scopeOf, type Trust } from './scope.ts';

/** Who may quote somebody's posts, as they chose: everybody, whoever follows them, each after asking, or nobody. */
export const QUOTE_POLICIES = ['everyone', 'followers', 'ask', 'nobody'] as const;
export type QuotePolicy = (typeof QUOTE_POLICIES)[number];

/** Reads a choice from outside; anything unknown is `ask`, which gives nothing away and asks nobody to guess. */
export function toQuotePolicy(word: unknown): QuotePolicy {
	return QUOTE_POLICIES.find((policy) => policy === word) ?? 'ask';
}

/** A wish to quote a post that whoever wishes may read: the caller has asked `mayReceive`. */
export interface QuoteWish {
	readonly quoted: Audience;
	readonly quoting: Audience;
	/** What whoever wrote the quoted post chose. */
	readonly policy: QuotePolicy;
	/** What whoever quotes is to them. `named`: the quoted post names them. */
	readonly quoter: 'author' | 'named' | 'follower' | 'other';
	/** May whoever wrote the quoted post read the quote? Nobody is asked about what they may not see. */
	readonly told: boolean;
}

/** An answer and its reason, for tests, logs and pages. */
export interface QuoteDecision {
	readonly answer: 'yes' | 'ask' | 'no';
	readonly reason: 'own' | 'named' | 'chosen' | 'asks_first' | 'refused' | 'wider' | 'circle' | 'not_told';
}

/**
 * May this post quote that one? The one place where it is decided, for what people write here and for what other servers ask (FEP-044f).
 * A quote is never wider than what it quotes, whatever anybody chose; what is for followers is quoted by its author alone, and what is for
 * named people by nobody.
 */
export function mayQuote(wish: QuoteWish, trust: Trust): QuoteDecision {
	const { quoted, quoting, policy, quoter } = wish;
	const own = quoter === 'author';
	const scopes = quotesOf(quoted, own);
	if (scopes.length === 0) return { answer: 'no', reason: 'circle' };
	if (!scopes.includes(scopeOf(quoting)) || !isWithin(quoting, quoted, trust)) {
		return { answer: 'no', reason: 'wider' };
	}
	if (own) return { answer: 'yes', reason: 'own' };
	if (quoter === 'named') return { answer: 'yes', reason: 'named' };
	if (policy === 'nobody') return { answer: 'no', reason: 'refused' };
	if (policy === 'everyone' || (policy === 'followers' && quoter === 'follower')) {
		return { answer: 'yes', reason: 'chosen' };
	}
	return wish.told ? { answer: 'ask', reason: 'asks_first' } : { answer: 'no', reason: 'not_told' };
}

/**
 * The scopes a quote of `quoted` may choose; none when it is not to be quoted at all. `own`: by its author. What has walls is quoted by others
 * within these, and in no circle of people, which other servers could not tell from one without walls.
 */
export function quotesOf(quoted: Audience, own: boolean): Scope[] {
	const word = scopeOf(quoted);
	if (word === 'direct' || (word === 'followers' && !own)) return [];
	const narrower = repliesTo(quoted);
	if (own || quoted.reach === 'public') return narrower;
	return narrower.filter((scope) => scope === 'branch' || scope === 'neighborhood');
}
