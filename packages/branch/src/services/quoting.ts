import { Conflict, NotAllowed, NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../context.ts';
import { type Person, personById } from '../store/people.ts';
import { type Post, postById } from '../store/posts.ts';
import {
	changeQuote,
	keepQuote,
	type Quote,
	type QuoteState,
	quoteIn,
	quotesOf,
	quotesOfPerson,
} from '../store/quotes.ts';
import { remoteById } from '../store/remote-actors.ts';
import type { Reading, Writing } from '../store/store.ts';
import { isApart } from './apart.ts';
import { notice } from './noticing.ts';
import { refreshPost, sendQuoteAnswer, sendQuoteRequest, sendUnquote } from './outbox.ts';
import { decideQuote, refusalOf } from './quote-rules.ts';
import { mayRead, readerFor } from './readers.ts';

/** So many quotes of a person's posts are looked at, the newest first. */
const LOOKED = 100;
/** And so many of one post, when it is gone. */
const MOST_QUOTES = 10_000;

/**
 * Keeps that a post of somebody here quotes another, in the transaction that keeps the post, and asks whoever wrote that one, unless they
 * have said already who may. Gives the number of the person of this branch who is told by that, or null. Throws NotFound, NotAllowed.
 */
export function beginQuote(context: BranchContext, writing: Writing, post: Post, id: number): number | null {
	const quoted = postById(writing, id);
	const author = personById(writing, post.person ?? 0);
	if (!quoted || !author || !mayRead(context, quoted, readerFor(context, author))) throw new NotFound();
	const actor = context.at.person(author.id);
	// Asked again: they may have chosen anew while names were looked up.
	const decided = decideQuote(context, writing, { quoted, quoting: post.audience, actor });
	const refusal = refusalOf(decided);
	if (refusal) throw new NotAllowed(...refusal);
	const { told, answer, reason } = decided;
	const asks = told && reason !== 'own' && quoted.remote !== null;
	const agreed = answer === 'yes' && !asks;
	const mine = agreed && quoted.person !== null && reason !== 'own';
	const row: Quote = {
		post: post.id,
		quoted: id,
		uri: quoted.uri,
		state: agreed ? 'agreed' : 'asked',
		stamp: mine ? stampFor(context, quoted) : null,
		request: asks ? `${actor}#quotes/${post.id}` : null,
		changed: context.clock.now(),
		checked: null,
		due: null,
		tries: 0,
	};
	keepQuote(writing, row);
	if (asks) {
		const remote = remoteById(writing, quoted.remote!)!;
		sendQuoteRequest(context, writing, post, { activity: row.request!, actor: remote.uri }, remote);
		return null;
	}
	if (quoted.person === null || reason === 'own' || !told) return null;
	return tellQuoted(context, writing, quoted, { post, actor, agreed });
}

/** Tells a person of this branch that a post of theirs is quoted, or that somebody asks to. */
export function tellQuoted(
	context: BranchContext,
	writing: Writing,
	quoted: Post,
	by: { readonly post: Post; readonly actor: string; readonly agreed: boolean },
): number | null {
	const person = personById(writing, quoted.person ?? 0);
	// What the branch itself said has nobody who reads its notices.
	if (person?.kind !== 'person' || !mayRead(context, by.post, readerFor(context, person))) return null;
	const kind = by.agreed ? 'quote' : 'quote_request';
	notice(context, writing, { person: person.id, kind, post: by.post.id, actor: by.actor });
	return person.id;
}

/** Answers somebody who asked to quote a post of this person's. Repeatable. Throws NotFound when nobody did. */
export function answerQuote(context: BranchContext, person: Person, id: number, yes: boolean): void {
	context.store.transact((writing) => {
		const { quote, quoted, post } = mine(context, writing, person, id);
		const actor = quotingActor(context, writing, post);
		if (yes && quote.state === 'agreed') return;
		if (quote.state !== 'asked') throw new Conflict('That was answered already.', 'quote_answered');
		if (isApart(writing, context.at.person(person.id), actor)) throw new NotFound();
		if (yes) agree(context, writing, quote, quoted, post);
		else decline(context, writing, quote, quoted, post);
	});
}

/** They agree no more: whoever holds the quote is told. Repeatable. Throws NotFound when it is no quote of theirs. */
export function takeBackQuote(context: BranchContext, person: Person, id: number): void {
	context.store.transact((writing) => {
		const { quote, quoted, post } = mine(context, writing, person, id);
		if (quote.state === 'agreed') takeBack(context, writing, quote, quoted, post);
	});
}

/** Takes back every yes that this person gave to somebody. */
export function takeBackQuotesBy(
	context: BranchContext,
	writing: Writing,
	person: Pick<Person, 'id'>,
	actor: string,
): void {
	for (const state of ['agreed', 'asked'] as const) {
		for (const quote of quotesOfPerson(writing, person.id, state, 10_000)) {
			const post = postById(writing, quote.post);
			const quoted = postById(writing, quote.quoted!);
			if (!post || !quoted || quotingActor(context, writing, post) !== actor) continue;
			if (state === 'agreed') takeBack(context, writing, quote, quoted, post);
			else decline(context, writing, quote, quoted, post);
		}
	}
}

/** The quotes of this person's posts that stand like this, as far as they may read them, newest first. */
export function quotesFor(
	context: BranchContext,
	person: Person,
	state: QuoteState,
): { readonly quote: Quote; readonly post: Post }[] {
	const reader = readerFor(context, person);
	return context.store.read((reading) =>
		quotesOfPerson(reading, person.id, state, LOOKED).flatMap((quote) => {
			const post = postById(reading, quote.post);
			return post && mayRead(context, post, reader) ? [{ quote, post }] : [];
		}),
	);
}

/** Says yes, and tells whoever asked. */
export function agree(
	context: BranchContext,
	writing: Writing,
	quote: Quote,
	quoted: Post,
	post: Post,
): void {
	const stamp = quote.stamp ?? stampFor(context, quoted);
	changeQuote(writing, quote.post, { state: 'agreed', stamp, changed: context.clock.now() });
	if (post.person === null) sendQuoteAnswer(context, writing, true, quote, { quoted, post });
	else refreshPost(context, writing, post);
}

/** Says no, and tells whoever asked. */
export function decline(
	context: BranchContext,
	writing: Writing,
	quote: Quote,
	quoted: Post,
	post: Post,
): void {
	changeQuote(writing, quote.post, { state: 'refused', changed: context.clock.now() });
	if (post.person === null) sendQuoteAnswer(context, writing, false, quote, { quoted, post });
	else refreshPost(context, writing, post);
}

/**
 * A post of somebody's here is gone: nobody quotes it any more. Every yes to that is taken back, whoever waits for one is told no, and whoever has a
 * quote of it hears so (FEP-044f).
 */
export function withdrawQuotesOf(context: BranchContext, writing: Writing, quoted: Post): void {
	for (const quote of quotesOf(writing, quoted.id, MOST_QUOTES)) {
		const post = postById(writing, quote.post);
		if (!post || post.deleted !== null) continue;
		if (quote.state === 'agreed') takeBack(context, writing, quote, quoted, post);
		if (quote.state === 'asked') decline(context, writing, quote, quoted, post);
	}
}

/** A post is gone or hidden that people here quote: servers that have these quotes are told how they read now. The yes stands, should it come back. */
export function refreshQuotesOf(context: BranchContext, writing: Writing, id: number): void {
	for (const { post, state } of quotesOf(writing, id, MOST_QUOTES)) {
		const quoting = state === 'agreed' ? postById(writing, post) : undefined;
		if (!quoting || quoting.person === null || quoting.deleted !== null) continue;
		changeQuote(writing, post, { changed: context.clock.now() });
		refreshPost(context, writing, quoting);
	}
}

function takeBack(context: BranchContext, writing: Writing, quote: Quote, quoted: Post, post: Post): void {
	changeQuote(writing, quote.post, { state: 'taken_back', changed: context.clock.now() });
	if (quote.stamp !== null) sendUnquote(context, writing, quote.stamp, { quoted, post });
	if (post.person !== null) refreshPost(context, writing, post);
}

function mine(context: BranchContext, writing: Writing, person: Person, id: number) {
	const quote = quoteIn(writing, id);
	const quoted = quote?.quoted == null ? undefined : postById(writing, quote.quoted);
	const post = postById(writing, id);
	if (!quote || !post || post.deleted !== null || quoted?.person !== person.id) throw new NotFound();
	if (post.person === person.id || !mayRead(context, post, readerFor(context, person))) throw new NotFound();
	return { quote, quoted, post };
}

/** Actor id of whoever quotes. */
function quotingActor(context: BranchContext, reading: Reading, post: Post): string {
	if (post.person !== null) return context.at.person(post.person);
	return remoteById(reading, post.remote!)?.uri ?? '';
}

/** A new address for a yes. Nobody can guess it: it is told with the quote alone. */
function stampFor(context: BranchContext, quoted: Post): string {
	return context.at.stamp(quoted.person!, context.ids.random());
}
