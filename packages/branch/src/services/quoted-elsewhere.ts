import { originOf } from '@understory/core/scope.ts';
import type { Incoming } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import { type Post, postById } from '../store/posts.ts';
import { changeQuote, type Quote, quoteByRequest, quoteByStamp } from '../store/quotes.ts';
import type { Reading, Writing } from '../store/store.ts';
import { refreshPost } from './outbox.ts';
import { authorElsewhere } from './quote-rules.ts';

/**
 * Somebody elsewhere said yes or no to being quoted by one of ours; whether it was that. Only they can, and their yes lies on their own server
 * (FEP-044f, FEP-fe34). Whoever has the quote is told how it stands.
 */
export function receiveQuoteAnswer(
	context: BranchContext,
	incoming: Extract<Incoming, { type: 'accept' | 'reject' }>,
): boolean {
	return context.store.transact((writing) => {
		const quote = quoteByRequest(writing, incoming.asked);
		const post = quote && postById(writing, quote.post);
		if (!quote || post?.person == null) return false;
		if (authorOf(writing, quote) !== incoming.actor) return true;
		if (incoming.type === 'reject') {
			const before = quote.state;
			if (before === 'asked') settle(context, writing, post, { state: 'refused' });
			if (before === 'agreed') settle(context, writing, post, { state: 'taken_back' });
			return true;
		}
		const stamp = incoming.result;
		if (stamp === null || originOf(stamp) !== originOf(incoming.actor)) return true;
		if (quote.state === 'asked' || quote.state === 'refused') {
			settle(context, writing, post, { state: 'agreed', stamp, checked: context.clock.now() });
		}
		return true;
	});
}

/** A Delete of a yes, wherever we hold what it was about; whether it was that. */
export function receiveUnquote(
	context: BranchContext,
	writing: Writing,
	{ actor, object }: { readonly actor: string; readonly object: string },
): boolean {
	const quote = quoteByStamp(writing, object);
	const post = quote && postById(writing, quote.post);
	if (!quote || !post) return false;
	const author = authorOf(writing, quote);
	// Of a post that is not here nobody knows who wrote it; that the yes was on their server is all there is.
	if (author === null ? originOf(object) !== originOf(actor) : author !== actor) return true;
	if (quote.state === 'agreed' || quote.state === 'asked') {
		settle(context, writing, post, { state: 'taken_back', due: null });
	}
	return true;
}

/** Changes how a quote stands, and tells whoever has it when it is ours. */
export function settle(
	context: BranchContext,
	writing: Writing,
	post: Post,
	changes: Partial<Omit<Quote, 'post'>>,
): void {
	changeQuote(writing, post.id, { ...changes, changed: context.clock.now() });
	if (post.person !== null && post.deleted === null) refreshPost(context, writing, post);
}

function authorOf(reading: Reading, quote: Quote): string | null {
	const quoted = quote.quoted === null ? undefined : postById(reading, quote.quoted);
	return quoted ? authorElsewhere(reading, quoted) : null;
}
