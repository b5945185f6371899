import { NotAllowed } from '@understory/core/errors.ts';
import { originOf } from '@understory/core/scope.ts';
import type { Incoming, Proof } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import { setTags } from '../store/post-tags.ts';
import { keepVersion } from '../store/post-versions.ts';
import { changePost, type Post, postByUri } from '../store/posts.ts';
import { noteReceived, wasReceived } from '../store/received.ts';
import { remoteByUri } from '../store/remote-actors.ts';
import type { Writing } from '../store/store.ts';
import { receiveAct, receivePin, receiveProfile, receiveUnact } from './acted.ts';
import { receiveBlock } from './blocked.ts';
import { receiveJoinAnswer } from './coming-elsewhere.ts';
import { receiveJoin, receiveLeave } from './coming-from-elsewhere.ts';
import { emojiOf, sameEmoji } from './emoji.ts';
import { erase } from './erasing.ts';
import { receiveAnswer, receiveFollow, receiveUnfollow } from './followed.ts';
import { keepForeignEvent } from './foreign-event.ts';
import { keepForeignQuote, policyIn } from './foreign-quote.ts';
import { heardFrom } from './host-health.ts';
import { answersLocked, audienceOfIncoming, isWanted, keepIncoming, tagsFrom } from './keeping.ts';
import { forgetRemote } from './leaving.ts';
import { remoteLine } from './markup.ts';
import { receiveMove } from './moving.ts';
import { keepForeignPoll, receiveVote } from './polls.ts';
import { receiveQuoteRequest } from './quote-requests.ts';
import { receiveQuoteAnswer, receiveUnquote } from './quoted-elsewhere.ts';
import { refreshQuotesOf } from './quoting.ts';
import { keepAttachments } from './remote-media.ts';
import { receiveFlag } from './reporting.ts';
import { HEARD_ALWAYS } from './restricting/setting-aside.ts';

/**
 * The one door into a branch (DESIGN 5.4): whatever came, by whatever way, is held to the same checks again. Idempotent by activity id:
 * what it does and the note that it came are one transaction. Throws NotAllowed to refuse; what is not for us is taken and dropped.
 */
export async function receive(full: BranchContext, incoming: Incoming, proof: Proof): Promise<void> {
	checkProof(full, incoming, proof);
	// The outbox of a branch of this home keeps what it hands over until it is safe here.
	const context =
		proof.kind === 'sameHome' ? { ...full, store: { ...full.store, ...full.store.relaxed } } : full;
	checkNotSuspended(context, incoming, proof.origin);
	heardFrom(context, proof.origin);
	switch (incoming.type) {
		case 'create':
		case 'update':
			return receivePost(context, incoming);
		case 'delete':
			return receiveDelete(context, incoming);
		case 'follow':
			return receiveFollow(context, incoming);
		case 'like':
		case 'announce':
			return receiveAct(context, incoming);
		case 'flag':
			return receiveFlag(context, incoming);
		case 'move':
			return receiveMove(context, incoming);
		case 'profile':
			return receiveProfile(context, incoming);
		case 'pin':
		case 'unpin':
			return receivePin(context, incoming);
		case 'vote':
			return receiveVote(context, incoming);
		case 'join':
		case 'leave':
			return (incoming.type === 'join' ? receiveJoin : receiveLeave)(context, incoming);
		case 'quote_request':
			return receiveQuoteRequest(context, incoming);
		case 'block':
			return receiveBlock(context, incoming);
		case 'unact':
			return receiveUnact(context, incoming);
		case 'unfollow':
			return receiveUnfollow(context, incoming);
		default:
			if (receiveJoinAnswer(context, incoming) || receiveQuoteAnswer(context, incoming)) return;
			return receiveAnswer(context, incoming);
	}
}

/** Signer, actor and object come from one origin (FEP-fe34), and that origin is not our own. */
function checkProof(context: BranchContext, incoming: Incoming, proof: Proof): void {
	const actor = typeof incoming.actor === 'string' ? incoming.actor : incoming.actor.id;
	const origin = originOf(actor);
	const ids = [actor, proof.actor];
	const post = 'post' in incoming ? incoming.post : null;
	if (post) ids.push(post.id, post.author);
	if (incoming.type === 'quote_request') ids.push(incoming.quoting);
	const same = origin !== '' && proof.origin === origin && ids.every((id) => originOf(id) === origin);
	const author = post?.author ?? actor;
	if (!same || proof.actor !== actor || author !== actor) {
		throw new NotAllowed('Signature, actor and object do not belong to one server.', 'origin_mismatch');
	}
	if (origin === context.origin) {
		throw new NotAllowed('This branch does not send to itself.', 'origin_mismatch');
	}
}

/** Of a server that hosts suspended only what takes something back is heard. Its people read why on our page of other servers. */
function checkNotSuspended(context: BranchContext, incoming: Incoming, origin: string): void {
	if (HEARD_ALWAYS.has(incoming.type) || !context.restrictions.stops(origin, 'everything')) return;
	throw new NotAllowed(
		`This branch exchanges nothing with your server now. Why stands at ${context.at.below('/servers')}.`,
		'server_suspended',
	);
}

function receivePost(
	context: BranchContext,
	incoming: Extract<Incoming, { type: 'create' | 'update' }>,
): void {
	const { actor, post } = incoming;
	context.store.transact((writing) => {
		if (wasReceived(writing, incoming.id)) return;
		const audience = audienceOfIncoming(context, actor, post);
		const wanted = audience !== null && isWanted(context, actor, audience, post);
		noteReceived(writing, incoming.id, context.clock.now());
		const known = postByUri(writing, post.id);
		if (known) {
			if (incoming.type === 'update') edit(context, writing, known, incoming, wanted ? post.contentHtml : '');
			else if (wanted) revive(context, writing, known, incoming);
		} else if (wanted && incoming.type === 'create' && !answersLocked(writing, post)) {
			keepIncoming(context, writing, { actor, incoming: post, audience }, true);
		}
	});
}

/** A post that was called back is there again: as it is now, under its number here, for whom it was. Its author's server alone can say so. */
function revive(
	context: BranchContext,
	writing: Writing,
	known: Post,
	{ actor, post }: Extract<Incoming, { type: 'create' | 'update' }>,
): void {
	const author = remoteByUri(writing, actor.id);
	if (!author || known.remote !== author.id || known.deleted === null) return;
	const summary = post.summary === null ? null : remoteLine(post.summary, 500);
	changePost(writing, known.id, {
		deleted: null,
		content_html: post.contentHtml,
		title: remoteLine(post.title, 300) || null,
		summary,
		sensitive: post.sensitive || summary !== null,
		can_quote: policyIn(context, actor, post),
		emoji: emojiOf(post),
	});
	setTags(writing, known.id, tagsFrom(post));
	keepAttachments(context, writing, known.id, post);
	if (post.event) keepForeignEvent(context, writing, known.id, post.event);
	keepForeignPoll(context, writing, known.id, post);
	keepForeignQuote(context, writing, known, post);
	refreshQuotesOf(context, writing, known.id);
}

function edit(
	context: BranchContext,
	writing: Writing,
	known: Post,
	incoming: Extract<Incoming, { type: 'create' | 'update' }>,
	html: string,
): void {
	const author = remoteByUri(writing, incoming.actor.id);
	const { title: named, poll, quote } = incoming.post;
	const says = html !== '' || named !== '' || poll !== null || quote !== null;
	if (!author || known.remote !== author.id || known.deleted !== null || !says) return;
	keepForeignPoll(context, writing, known.id, incoming.post);
	keepForeignQuote(context, writing, known, incoming.post);
	const summary = incoming.post.summary === null ? null : remoteLine(incoming.post.summary, 500);
	// The audience stays what it was: an Update never widens (reference/fediverse.md 2.4).
	const sensitive = incoming.post.sensitive || summary !== null;
	const title = remoteLine(incoming.post.title, 300) || null;
	const can_quote = policyIn(context, incoming.actor, incoming.post);
	if (can_quote !== (known.can_quote ?? null)) changePost(writing, known.id, { can_quote });
	const emoji = emojiOf(incoming.post);
	if (!sameEmoji(emoji, known.emoji ?? [])) changePost(writing, known.id, { emoji });
	// How a question stands, and whether a quote was agreed to, is told by Updates that change no word.
	const sameWords = known.content_html === html && known.title === title && known.summary === summary;
	if ((poll || quote) && sameWords) return;
	keepVersion(writing, context.ids.next(), known);
	const edited = context.clock.now();
	changePost(writing, known.id, { content_html: html, title, summary, sensitive, edited });
	if (incoming.post.event) keepForeignEvent(context, writing, known.id, incoming.post.event);
	setTags(writing, known.id, tagsFrom(incoming.post));
}

async function receiveDelete(
	context: BranchContext,
	incoming: Extract<Incoming, { type: 'delete' }>,
): Promise<void> {
	context.store.transact((writing) => {
		if (incoming.object === incoming.actor) {
			forgetRemote(context, writing, incoming.actor);
			return;
		}
		if (receiveUnquote(context, writing, incoming)) return;
		const post = postByUri(writing, incoming.object);
		const author = remoteByUri(writing, incoming.actor);
		if (!post || !author || post.remote !== author.id || post.deleted !== null) return;
		erase(context, writing, post.id);
		refreshQuotesOf(context, writing, post.id);
	});
}
