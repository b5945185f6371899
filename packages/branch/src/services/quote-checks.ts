import { PublicError } from '@understory/core/errors.ts';
import { originOf } from '@understory/core/scope.ts';
import type { FetchedPost } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import { type Post, postById, postByUri } from '../store/posts.ts';
import { dropQuoteAsk, nextQuoteAsk, putOffQuoteAsk, type QuoteAsk } from '../store/quote-asks.ts';
import { changeQuote, nextQuote, type Quote, quotesToCheck } from '../store/quotes.ts';
import { exchangesWith } from './exchanging.ts';
import { audienceOfIncoming, keepFetched } from './keeping.ts';
import { consider } from './quote-requests.ts';
import { authorElsewhere } from './quote-rules.ts';
import { settle } from './quoted-elsewhere.ts';

/** So many are looked at in a row. */
const AT_ONCE = 5;
const TRIES = 3;
/** Between two tries, in milliseconds. */
const PAUSE = 10 * 60_000;
/** A yes that was seen longer ago than this is looked at again when somebody reads the quote (FEP-044f, opportunistic re-verification). */
const BELIEVED = 7 * 24 * 60 * 60_000;

/** Somebody of this branch reads these posts: what they quote is looked at again when that is long ago. */
export function wantQuotesChecked(context: BranchContext, posts: readonly Post[]): void {
	const now = context.clock.now();
	const old = context.store.read((reading) =>
		quotesToCheck(
			reading,
			posts.map(({ id }) => id),
			now - BELIEVED,
		),
	);
	if (old.length === 0) return;
	context.store.transact((writing) => {
		for (const post of old) changeQuote(writing, post, { due: now, tries: 0 });
		writing.afterwards(context.wake);
	});
}

/** When `checkQuotes` is to be called, or null. */
export function nextQuoteCheckAt(context: Pick<BranchContext, 'store'>): number | null {
	const due = context.store.read((reading) => [nextQuote(reading)?.due, nextQuoteAsk(reading)?.due]);
	const times = due.filter((at) => at != null);
	return times.length > 0 ? Math.min(...times) : null;
}

/** Looks for the consent of those who are quoted, and for quotes that were asked for without coming along. */
export async function checkQuotes(context: BranchContext): Promise<void> {
	for (let n = 0; n < AT_ONCE; n++) {
		const next = context.store.read((reading) => nextQuote(reading));
		if (next?.due == null || next.due > context.clock.now()) break;
		await check(context, next);
	}
	for (let n = 0; n < AT_ONCE; n++) {
		const next = context.store.read((reading) => nextQuoteAsk(reading));
		if (!next || next.due > context.clock.now()) break;
		await fetchAsked(context, next);
	}
}

async function check(context: BranchContext, quote: Quote): Promise<void> {
	const found = await answerOf(() => lookFor(context, quote));
	context.store.transact((writing) => {
		const now = context.clock.now();
		const post = postById(writing, quote.post);
		if (found === 'later' && quote.tries + 1 < TRIES) {
			return changeQuote(writing, quote.post, { due: now + PAUSE, tries: quote.tries + 1 });
		}
		if (!post || post.deleted !== null) return changeQuote(writing, quote.post, { due: null });
		if (found === 'later') return changeQuote(writing, quote.post, { due: null });
		const quoted = postByUri(writing, quote.uri);
		const known = { quoted: quoted?.id ?? null, due: null, tries: 0 };
		// After a no, and where nobody was asked, there is nothing to find.
		const open = quote.state === 'asked' || quote.state === 'agreed';
		if (!open) return changeQuote(writing, quote.post, known);
		if (found !== null && quote.state !== 'agreed') {
			return settle(context, writing, post, { ...known, state: 'agreed', checked: now });
		}
		if (found === null && quote.state === 'agreed') {
			return settle(context, writing, post, { ...known, state: 'taken_back' });
		}
		changeQuote(writing, quote.post, { ...known, checked: now });
	});
}

/** Whether its author agrees, as far as can be seen now: what says so, or null. Throws PublicError. */
async function lookFor(context: BranchContext, quote: Quote): Promise<'own' | 'named' | 'stamp' | null> {
	const post = context.store.read((reading) => postById(reading, quote.post));
	if (!post || post.deleted !== null) return null;
	const quoted = await quotedPost(context, quote);
	if (!quoted || quoted.remote === null) return null;
	const [quoter, author] = context.store.read((reading) => [
		post.person === null ? authorElsewhere(reading, post) : context.at.person(post.person),
		authorElsewhere(reading, quoted),
	]);
	if (quoter === null || author === null) return null;
	if (quoter === author) return 'own';
	if (quoted.mentions.some(({ actor }) => actor === quoter)) return 'named';
	const { stamp } = quote;
	// Whoever was quoted says yes on their own server and nowhere else (FEP-fe34).
	if (stamp === null || originOf(stamp) !== originOf(author)) return null;
	const found = await (await context.federation()).fetchStamp(stamp);
	const holds = found?.author === author && found.quoting === post.uri && found.quoted === quoted.uri;
	return holds ? 'stamp' : null;
}

async function quotedPost(context: BranchContext, { uri }: Quote): Promise<Post | undefined> {
	const here = () => context.store.read((reading) => postByUri(reading, uri));
	const known = here();
	if (known || !exchangesWith(context, originOf(uri))) return known;
	const fetched = await (await context.federation()).fetchPost(uri);
	if (fetched) keepFetched(context, fetched);
	return here();
}

/** Fetches a quote that was asked for by its address alone, and decides about it. */
async function fetchAsked(context: BranchContext, ask: QuoteAsk): Promise<void> {
	const fetched = await answerOf(() => fetchQuoting(context, ask));
	context.store.transact((writing) => {
		const now = context.clock.now();
		if (fetched === 'later' && ask.tries + 1 < TRIES) {
			return putOffQuoteAsk(writing, ask.activity, now + PAUSE, ask.tries + 1);
		}
		dropQuoteAsk(writing, ask.activity);
		const quoted = postById(writing, ask.quoted);
		if (!quoted || fetched === 'later' || fetched === null) return;
		const request = { id: ask.activity, object: quoted.uri, quoting: ask.quoting };
		consider(context, writing, request, ask.actor, fetched);
	});
}

async function fetchQuoting(context: BranchContext, { quoting, actor }: QuoteAsk) {
	if (!exchangesWith(context, originOf(quoting))) return null;
	const fetched: FetchedPost | null = await (await context.federation()).fetchPost(quoting);
	if (fetched?.actor.id !== actor) return null;
	const audience = audienceOfIncoming(context, fetched.actor, fetched.post);
	return audience && { actor: fetched.actor, incoming: fetched.post, audience };
}

/** What came of asking another server; `later` when it did not answer. What it refuses is as good as nothing. */
async function answerOf<T>(ask: () => Promise<T>): Promise<T | null | 'later'> {
	try {
		return await ask();
	} catch (error) {
		if (!(error instanceof PublicError)) throw error;
		return error.status >= 500 ? 'later' : null;
	}
}
