import type { QuotePolicy } from '@understory/core/quote.ts';
import { type Audience, mayReceive, meet, originOf, scopeOf } from '@understory/core/scope.ts';
import type { IncomingPost, RemoteActor } from '@understory/federation/ports.ts';
import type { IncomingQuote } from '@understory/federation/quotes.ts';
import type { BranchContext } from '../context.ts';
import { type Post, postByUri } from '../store/posts.ts';
import { changeQuote, countDueQuotes, forgetQuote, keepQuote, type Quote, quoteIn } from '../store/quotes.ts';
import type { Reading, Writing } from '../store/store.ts';
import { exchangesWith } from './exchanging.ts';
import type { Arrived } from './keeping.ts';
import { serverReader } from './readers.ts';

/** More than so many do not wait to be looked at. */
const MOST_WAITING = 500;

/**
 * Keeps what a copy says that it quotes, in the transaction that keeps the copy. A name inside proves nothing: of a post of ours our own book
 * says whether its author agreed; of others the consent is looked for in the background (FEP-044f).
 */
export function keepForeignQuote(
	context: BranchContext,
	writing: Writing,
	post: Post,
	incoming: Pick<IncomingPost, 'quote'>,
): void {
	const said = incoming.quote;
	const known = quoteIn(writing, post.id);
	if (!said) {
		// That there was a no stays to be read.
		if (known && isOpen(known)) forgetQuote(writing, post.id);
		return;
	}
	const { uri } = said;
	if (uri === null) end(context, writing, post, known);
	else if (known?.uri === uri) renew(context, writing, known, said);
	else begin(context, writing, post, { ...said, uri });
}

function begin(
	context: BranchContext,
	writing: Writing,
	post: Post,
	{ uri, byConsent, stamp }: IncomingQuote & { readonly uri: string },
): void {
	const quoted = quotedBy(context, writing, originOf(post.uri), uri);
	const own = quoted !== null && quoted.remote !== null && quoted.remote === post.remote;
	const state = !byConsent ? 'link' : own ? 'agreed' : 'asked';
	const due = state === 'asked' ? dueNow(context, writing, uri) : null;
	const now = context.clock.now();
	const row = { post: post.id, quoted: quoted?.id ?? null, uri, state, request: null, tries: 0 } as const;
	const ours = originOf(uri) === context.origin;
	keepQuote(writing, { ...row, stamp: ours ? null : stamp, changed: now, checked: null, due });
}

/** Only the consent may have changed. */
function renew(context: BranchContext, writing: Writing, known: Quote, said: IncomingQuote): void {
	const now = context.clock.now();
	if (known.state === 'link' || known.state === 'gone') {
		if (!said.byConsent) return;
		const due = dueNow(context, writing, known.uri);
		changeQuote(writing, known.post, { state: 'asked', stamp: said.stamp, changed: now, due, tries: 0 });
		return;
	}
	// Of posts of ours we know ourselves.
	if (originOf(known.uri) === context.origin || said.stamp === known.stamp) return;
	const due = dueNow(context, writing, known.uri);
	changeQuote(writing, known.post, { state: 'asked', stamp: said.stamp, changed: now, due, tries: 0 });
}

/** Its own server says that there is nothing to be quoted any more. */
function end(context: BranchContext, writing: Writing, post: Post, known: Quote | undefined): void {
	const changed = context.clock.now();
	if (known) {
		const state = known.state === 'agreed' ? 'taken_back' : 'gone';
		if (isOpen(known)) changeQuote(writing, post.id, { state, changed, due: null });
		return;
	}
	const nothing = { quoted: null, uri: '', stamp: null, request: null, checked: null, due: null, tries: 0 };
	keepQuote(writing, { ...nothing, post: post.id, state: 'gone', changed });
}

function isOpen({ state }: Quote): boolean {
	return state === 'asked' || state === 'agreed' || state === 'link';
}

/**
 * What a neighbor's quote is for: a neighbor can only say that it is for its own neighbors, and of these it is for those who are neighbors of
 * what it quotes too (reference/fediverse.md 2.4).
 */
export function withinQuoted(
	context: BranchContext,
	reading: Reading,
	{ audience, incoming: { id, quote } }: Pick<Arrived, 'audience' | 'incoming'>,
): Audience {
	if (!quote?.uri || !quote.byConsent || scopeOf(audience) !== 'neighborhood') return audience;
	const quoted = quotedBy(context, reading, originOf(id), quote.uri);
	return quoted && scopeOf(quoted.audience) === 'neighborhood' ? meet(audience, quoted.audience) : audience;
}

/** The quoted post, if it is here and the server of who quotes may know of it; a guess at one of our walled posts finds nothing. */
function quotedBy(context: BranchContext, reading: Reading, origin: string, uri: string): Post | null {
	const quoted = postByUri(reading, uri);
	if (!quoted || quoted.person === null) return quoted ?? null;
	const reader = serverReader(context, origin);
	return mayReceive(quoted.audience, reader, context.book.trust()).allowed ? quoted : null;
}

function dueNow(context: BranchContext, writing: Writing, uri: string): number | null {
	if (!exchangesWith(context, originOf(uri)) || countDueQuotes(writing) >= MOST_WAITING) return null;
	writing.afterwards(context.wake);
	return context.clock.now();
}

const PUBLIC = new Set(['https://www.w3.org/ns/activitystreams#Public', 'as:Public', 'Public']);

/** Who may quote a copy, in our words (FEP-044f); null when it does not say. */
export function policyIn(
	context: Pick<BranchContext, 'origin' | 'book'>,
	actor: RemoteActor,
	{ canQuote }: Pick<IncomingPost, 'canQuote'>,
): QuotePolicy | null {
	if (!canQuote) return null;
	const origin = originOf(actor.id);
	const neighbor = context.book.trust().neighborsOf(context.origin).has(origin);
	const all = (id: string) => PUBLIC.has(id) || (neighbor && id === `${origin}/ap/neighbors`);
	if (canQuote.automatic.some(all)) return 'everyone';
	if (actor.followers !== null && canQuote.automatic.includes(actor.followers)) return 'followers';
	const others = [...canQuote.automatic, ...canQuote.manual].filter((id) => id !== actor.id);
	return others.length > 0 ? 'ask' : 'nobody';
}
