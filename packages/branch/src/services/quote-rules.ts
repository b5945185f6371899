import {
	mayQuote,
	type QuoteDecision,
	type QuotePolicy,
	quotesOf,
	toQuotePolicy,
} from '@understory/core/quote.ts';
import { type Audience, mayReceive, originOf, type Scope } from '@understory/core/scope.ts';
import type { BranchContext } from '../context.ts';
import { findFollow } from '../store/follows.ts';
import { type Person, personById } from '../store/people.ts';
import type { Post } from '../store/posts.ts';
import { remoteById } from '../store/remote-actors.ts';
import type { Reading } from '../store/store.ts';
import { audienceFor, isYoung, keptNear, offeredFor, withinBoth } from './audiences.ts';
import { exchangesWith } from './exchanging.ts';
import { readerFor, serverReader } from './readers.ts';

/** What somebody chose, and of young people the most that is open to them (docs/adr/0018): whoever does not follow them asks. */
export function policyOf(person: Pick<Person, 'quote_policy' | 'age_band'>): QuotePolicy {
	const chosen = toQuotePolicy(person.quote_policy ?? 'followers');
	return chosen === 'everyone' && isYoung(person) ? 'followers' : chosen;
}

/** The decision, and whether the author of what is quoted may read the quote. */
export type Decided = QuoteDecision & { readonly told: boolean };

/**
 * May `actor` quote this post in that audience? Asks the one function that decides (core/quote.ts), with what this branch knows. That the
 * actor may read the quoted post is the caller's to ask.
 */
export function decideQuote(
	context: BranchContext,
	reading: Reading,
	wish: { readonly quoted: Post; readonly quoting: Audience; readonly actor: string },
): Decided {
	const { quoted, quoting, actor } = wish;
	const trust = context.book.trust();
	const author = quoted.person === null ? undefined : personById(reading, quoted.person);
	const uri = author ? context.at.person(author.id) : authorElsewhere(reading, quoted);
	if (uri === null) return { answer: 'no', reason: 'refused', told: false };
	const quoter = quoterOf(reading, quoted, uri, actor);
	const reader = author ? readerFor(context, author) : serverReader(context, originOf(uri));
	const reached = author !== undefined || exchangesWith(context, originOf(uri));
	const told = reached && mayReceive(quoting, reader, trust).allowed;
	const near = trust.neighborsOf(context.origin).has(originOf(actor)) || originOf(actor) === context.origin;
	// Teens hear nothing from strangers, questions neither.
	const stranger = author !== undefined && isYoung(author) && quoter === 'other' && !near;
	const policy = stranger ? 'nobody' : author ? policyOf(author) : (quoted.can_quote ?? 'ask');
	return { ...mayQuote({ quoted: quoted.audience, quoting, policy, quoter, told }, trust), told };
}

/** What is to be expected in each scope in which this person may quote a post, or may ask to; narrowest first. */
export function quoteChances(
	context: BranchContext,
	person: Person,
	quoted: Post,
): ReadonlyMap<Scope, Decided> {
	const actor = context.at.person(person.id);
	const by = { origin: context.origin, author: actor };
	const what = { audience: quoted.audience, own: quoted.person === person.id };
	const found = new Map<Scope, Decided>();
	for (const scope of offeredFor(context, person, null, what)) {
		const quoting = keptNear(context, person, withinBoth(audienceFor(scope, by, null), quoted.audience));
		const decided = context.store.read((reading) =>
			decideQuote(context, reading, { quoted, quoting, actor }),
		);
		if (decided.answer !== 'no') found.set(scope, decided);
	}
	return found;
}

/** Words for a no, by its reason; codes of faults. */
const REFUSED = {
	refused: ['Whoever wrote that post does not let it be quoted.', 'quote_refused'],
	wider: ['A quote cannot go farther than the post it quotes.', 'quote_wider'],
	circle: ['A post for a circle of people is not quoted.', 'quote_circle'],
	not_told: ['Whoever wrote that post could not see the quote, so they cannot be asked.', 'quote_not_told'],
} as const;

/** Why a quote is not to be, as sentence and fault code; null when it may be, or may be asked for. */
export function refusalOf({ answer, reason }: Decided): readonly [sentence: string, code: string] | null {
	if (answer !== 'no') return null;
	return reason in REFUSED ? REFUSED[reason as keyof typeof REFUSED] : REFUSED.refused;
}

/** Is a post such as this person might quote, as far as can be told at a glance: not for a circle, and not by somebody who lets nobody? */
export function mayBeQuoted(
	context: Pick<BranchContext, 'at'>,
	reading: Reading,
	post: Post,
	person: number,
): boolean {
	const own = post.person === person;
	if (quotesOf(post.audience, own).length === 0) return false;
	if (own) return true;
	const author = post.person === null ? undefined : personById(reading, post.person);
	const policy = author ? policyOf(author) : (post.can_quote ?? 'ask');
	return policy !== 'nobody' || post.mentions.some(({ actor }) => actor === context.at.person(person));
}

function quoterOf(reading: Reading, quoted: Post, author: string, actor: string) {
	if (author === actor) return 'author';
	if (quoted.mentions.some((mention) => mention.actor === actor)) return 'named';
	return findFollow(reading, actor, author)?.state === 'accepted' ? 'follower' : 'other';
}

/** The actor id of who wrote a copy. */
export function authorElsewhere(reading: Reading, post: Post): string | null {
	return (post.remote === null ? undefined : remoteById(reading, post.remote))?.uri ?? null;
}
