import { mayReceive, meet, originOf, scopeOf } from '@understory/core/scope.ts';
import type { Incoming, IncomingPost, RemoteActor } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import { type Person, personById } from '../store/people.ts';
import { type Post, postByUri } from '../store/posts.ts';
import { addQuoteAsk, countQuoteAsks } from '../store/quote-asks.ts';
import { changeQuote, type Quote, quoteIn, quotesOfPerson } from '../store/quotes.ts';
import { noteReceived, wasReceived } from '../store/received.ts';
import { remoteByUri } from '../store/remote-actors.ts';
import type { Writing } from '../store/store.ts';
import { isApart } from './apart.ts';
import { exchangesWith } from './exchanging.ts';
import { keepForeignQuote } from './foreign-quote.ts';
import { type Arrived, audienceOfIncoming, keepIncoming } from './keeping.ts';
import { knowRemote } from './known-remote.ts';
import { sendQuoteRefusal } from './outbox.ts';
import { decideQuote } from './quote-rules.ts';
import { agree, decline, tellQuoted } from './quoting.ts';
import { serverReader } from './readers.ts';

/** So many questions wait for one person; more are answered with no. */
const MOST_WAITING = 200;
/** So many quotes wait to be fetched. */
const MOST_FETCHED = 100;

type Request = Pick<Extract<Incoming, { type: 'quote_request' }>, 'id' | 'object' | 'quoting'>;

/**
 * Somebody elsewhere wants to quote a post of ours (FEP-044f). What its author chose is answered at once; otherwise they are asked. A question
 * about a post that their server may not have is dropped like one about no post. The quote itself is kept when it came along; when it
 * did not, it is fetched first.
 */
export async function receiveQuoteRequest(
	context: BranchContext,
	incoming: Extract<Incoming, { type: 'quote_request' }>,
): Promise<void> {
	if (context.store.read((reading) => wasReceived(reading, incoming.id))) return;
	const arrived = incoming.post && arrivedFrom(context, incoming.actor, incoming.post);
	context.store.transact((writing) => {
		if (wasReceived(writing, incoming.id)) return;
		noteReceived(writing, incoming.id, context.clock.now());
		if (!askedAbout(context, writing, incoming.object, incoming.actor.id)) return;
		knowRemote(context, writing, incoming.actor);
		consider(context, writing, incoming, incoming.actor.id, arrived);
	});
}

/** Null when it is for nobody here. */
function arrivedFrom(context: BranchContext, actor: RemoteActor, incoming: IncomingPost): Arrived | null {
	const audience = audienceOfIncoming(context, actor, incoming);
	return audience && { actor, incoming, audience };
}

/** The post of ours, when the server of whoever asks may have it. */
function askedAbout(context: BranchContext, writing: Writing, uri: string, actor: string): Post | null {
	const quoted = postByUri(writing, uri);
	if (!quoted || quoted.person === null || quoted.deleted !== null || quoted.hidden !== null) return null;
	const reader = serverReader(context, originOf(actor));
	if (!exchangesWith(context, originOf(actor))) return null;
	return mayReceive(quoted.audience, reader, context.book.trust()).allowed ? quoted : null;
}

/** Decides about a quote that came along, or that is here; `actor` is who asks, whom we know. */
export function consider(
	context: BranchContext,
	writing: Writing,
	request: Request,
	actor: string,
	arrived: Arrived | null,
): void {
	const quoted = askedAbout(context, writing, request.object, actor);
	const author = quoted && personById(writing, quoted.person!);
	if (!quoted || !author) return;
	const verdict = verdictOn(context, writing, { request, actor, arrived, quoted, author });
	if (verdict === 'fetch') {
		const ask = { activity: request.id, actor, quoted: quoted.id, quoting: request.quoting, tries: 0 };
		addQuoteAsk(writing, { ...ask, due: context.clock.now() });
		writing.afterwards(context.wake);
	} else if (verdict === 'refuse') {
		const about = { activity: request.id, actor, quoted: quoted.uri, quoting: request.quoting };
		sendQuoteRefusal(context, writing, about, String(author.id));
	} else {
		carryOut(context, writing, { ...verdict, quoted, actor, request });
	}
}

/** What to do: to refuse, to fetch the quote first, or an answer about a quote that is here by now. */
function verdictOn(
	context: BranchContext,
	writing: Writing,
	about: {
		readonly request: Request;
		readonly actor: string;
		readonly arrived: Arrived | null;
		readonly quoted: Post;
		readonly author: Person;
	},
):
	| 'refuse'
	| 'fetch'
	| { readonly post: Post; readonly quote: Quote; readonly answer: 'yes' | 'ask' | 'no' } {
	const { request, actor, arrived, quoted, author } = about;
	const known = postByUri(writing, request.quoting);
	if (isApart(writing, context.at.person(author.id), actor)) return 'refuse';
	if (!known && !arrived) return countQuoteAsks(writing) < MOST_FETCHED ? 'fetch' : 'refuse';
	const theirs = !known || (known.deleted === null && known.remote === remoteByUri(writing, actor)?.id);
	if (!theirs || (arrived && arrived.incoming.quote?.uri !== quoted.uri)) return 'refuse';
	// A neighbor can only say that it is for its own neighbors; its branch hands it to those of both (reference/fediverse.md 2.4).
	const said = known?.audience ?? arrived!.audience;
	const quoting = scopeOf(said) === 'neighborhood' ? meet(said, quoted.audience) : said;
	const decided = decideQuote(context, writing, { quoted, quoting, actor });
	const answer = decided.told ? decided.answer : 'no';
	// What is refused is not kept for the asking.
	if (!known && answer === 'no') return 'refuse';
	const post = known ?? keepIncoming(context, writing, arrived!, true, new Set([author.id]));
	if (known && arrived) keepForeignQuote(context, writing, known, arrived.incoming);
	const quote = quoteIn(writing, post.id);
	if (quote?.quoted !== quoted.id || quote.state === 'refused' || quote.state === 'taken_back')
		return 'refuse';
	if (quote.state === 'agreed') return { post, quote, answer: 'yes' };
	const full = quotesOfPerson(writing, author.id, 'asked', MOST_WAITING).length >= MOST_WAITING;
	return { post, quote, answer: answer === 'ask' && full ? 'no' : answer };
}

function carryOut(
	context: BranchContext,
	writing: Writing,
	about: {
		readonly post: Post;
		readonly quote: Quote;
		readonly quoted: Post;
		readonly answer: 'yes' | 'ask' | 'no';
		readonly actor: string;
		readonly request: Request;
	},
): void {
	const { post, quote, quoted, answer, actor, request } = about;
	changeQuote(writing, post.id, { request: request.id });
	const asked = { ...quote, request: request.id };
	if (answer === 'no') decline(context, writing, asked, quoted, post);
	if (answer === 'yes') agree(context, writing, asked, quoted, post);
	// Asked twice, told once.
	const tells = answer !== 'no' && quote.request === null;
	if (tells) tellQuoted(context, writing, quoted, { post, actor, agreed: answer === 'yes' });
}
