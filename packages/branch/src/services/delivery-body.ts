import { scopeOf } from '@understory/core/scope.ts';
import type { Federation, LocalActor, WirePost } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import { actByActivity } from '../store/acts.ts';
import { attendanceByActivity } from '../store/attendance.ts';
import type { Delivery } from '../store/deliveries.ts';
import { followByActivity } from '../store/follows.ts';
import { departed, type Person, personById } from '../store/people.ts';
import { choicesOf, voteById } from '../store/polls.ts';
import { type Post, postById } from '../store/posts.ts';
import { quoteIn } from '../store/quotes.ts';
import { reportByActivity } from '../store/reports.ts';
import type { Reading } from '../store/store.ts';
import { mayRead, serverReader } from './readers.ts';
import { serverActor, toLocalActor, toWirePost } from './wire.ts';

/** What activities are made of, as it is in the store; read once for one post on its way to many. */
export interface Read {
	author(sender: string): LocalActor | null;
	post(id: number): WirePost | null;
}

/** Reads from the store, each thing once: for deliveries that are made in one go, with nothing written in between. */
export function reader(context: BranchContext): Read {
	const posts = new Map<number, WirePost | null>();
	const authors = new Map<string, LocalActor | null>();
	return {
		author(sender) {
			const known = authors.get(sender);
			if (known !== undefined) return known;
			const person = context.store.read((reading) => personOrDeparted(reading, Number(sender)));
			const author = sender === 'server' ? serverActor(context) : person ? toLocalActor(person) : null;
			authors.set(sender, author);
			return author;
		},
		post(id) {
			const known = posts.get(id);
			if (known !== undefined) return known;
			const post = context.store.read((reading) => toWirePost(context, reading, postById(reading, id)));
			posts.set(id, post);
			return post;
		},
	};
}

/**
 * The activity as it is to be sent now, made at that moment by the serializer, which asks `mayReceive` again (DESIGN 4.6); null when
 * this server must not have it, or there is nothing to say any more.
 */
export async function bodyOf(
	context: BranchContext,
	federation: Federation,
	delivery: Delivery,
	read: Read = reader(context),
): Promise<string | null> {
	const author = read.author(delivery.sender);
	if (!author) return null;
	const { about } = delivery;
	switch (delivery.what) {
		case 'create':
		case 'update': {
			const post = read.post(delivery.post!);
			if (!post) return null;
			const server = serverReader(context, delivery.origin);
			return delivery.what === 'create'
				? federation.createFor(post, server)
				: federation.updateFor(post, server, delivery.about?.activity);
		}
		case 'restore': {
			const post = read.post(delivery.post!);
			const server = serverReader(context, delivery.origin);
			return post && federation.createFor(post, server, delivery.about!.activity);
		}
		case 'delete':
			return federation.deleteOf({ id: String(delivery.post), author });
		case 'like':
		case 'announce':
		case 'pin':
			return actBody(context, federation, delivery, author);
		case 'unpin': {
			const post = context.store.read((reading) => postById(reading, delivery.post!));
			return post ? federation.pinOf('Remove', about!.activity, author, post.uri) : null;
		}
		case 'unlike':
		case 'unannounce': {
			const done = delivery.what === 'unlike' ? 'Like' : 'Announce';
			const post = context.store.read((reading) => postById(reading, delivery.post!));
			return post ? federation.undoActOf(done, about!.activity, author, post.uri) : null;
		}
		case 'follow':
			// Ended before it was sent: then there is nothing to ask for.
			if (!context.store.read((reading) => followByActivity(reading, about!.activity))) return null;
			return federation.followOf(about!.activity, author, about!.actor);
		case 'unfollow':
			return federation.unfollowOf(about!.activity, author, about!.actor);
		case 'join':
		case 'leave':
		case 'attend':
		case 'unattend':
			return comingBody(context, federation, delivery, author);
		case 'vote':
			return voteBody(context, federation, delivery, author);
		case 'welcome':
		case 'decline': {
			const event = read.post(delivery.post!);
			if (!event) return null;
			const join = {
				id: about!.activity,
				actor: about!.actor,
				event: context.at.post(Number(event.author.id), Number(event.id)),
			};
			return federation.joinAnswerOf(delivery.what === 'welcome' ? 'Accept' : 'Reject', author, join);
		}
		case 'quote_request': {
			const post = read.post(delivery.post!);
			if (!post) return null;
			const asked = { id: about!.activity, author: about!.actor };
			return federation.quoteRequestFor(post, asked, serverReader(context, delivery.origin));
		}
		case 'quote_accept':
			return quoteAcceptBody(context, federation, delivery, author);
		case 'quote_reject': {
			const { activity, actor, quoted = '', quoting = '' } = about!;
			return federation.quoteAnswerOf(
				'Reject',
				author,
				{ id: activity, actor, object: quoted, quoting },
				null,
			);
		}
		case 'unquote':
			return federation.unquoteOf(author, about!.activity);
		case 'move':
			return federation.moveOf(about!.activity, author, about!.actor);
		case 'flag':
			return flagBody(context, federation, delivery);
		case 'profile':
			return federation.profileOf(author, context.clock.now());
		case 'farewell':
			return federation.farewellOf(author);
		case 'block':
			return federation.blockOf(about!.activity, author, about!.actor);
		case 'unblock':
			return federation.undoActOf('Block', about!.activity, author, about!.actor);
		case 'accept':
			return federation.acceptOf(author, { id: about!.activity, actor: about!.actor });
		case 'reject':
			return federation.rejectOf(author, { id: about!.activity, actor: about!.actor });
	}
}

/** Whoever deleted their account still has that to say. */
function personOrDeparted(reading: Reading, id: number): Person | undefined {
	return personById(reading, id) ?? departed(reading, id);
}

/** Null when the yes was taken back meanwhile, or the quote or what it quotes is gone. */
async function quoteAcceptBody(
	context: BranchContext,
	federation: Federation,
	delivery: Delivery,
	author: LocalActor,
): Promise<string | null> {
	const { activity, actor } = delivery.about!;
	const found = context.store.read((reading) => {
		const quote = quoteIn(reading, delivery.post!);
		const quoted = quote?.quoted == null ? undefined : postById(reading, quote.quoted);
		const post = postById(reading, delivery.post!);
		const stands = quote?.state === 'agreed' && quoted && post && isThere(quoted) && isThere(post);
		return stands ? { quoted: quoted.uri, quoting: post.uri, stamp: quote.stamp } : null;
	});
	if (!found) return null;
	const request = { id: activity, actor, object: found.quoted, quoting: found.quoting };
	return federation.quoteAnswerOf('Accept', author, request, found.stamp);
}

function isThere(post: Post): boolean {
	return post.deleted === null && post.hidden === null;
}

/** Null when nobody asks any more. */
async function flagBody(
	context: BranchContext,
	federation: Federation,
	delivery: Delivery,
): Promise<string | null> {
	const { activity, actor } = delivery.about!;
	const found = context.store.read((reading) => {
		const report = reportByActivity(reading, activity);
		if (!report) return null;
		const post = report.post === null ? null : postById(reading, report.post);
		return post === undefined ? null : { object: post?.uri ?? null, author: actor, words: report.words };
	});
	return found ? federation.flagOf(activity, found) : null;
}

const COMING = { join: 'Join', leave: 'Leave', attend: 'Accept', unattend: 'Undo' } as const;

/** Null when they do not come any more, or the event is gone. */
async function comingBody(
	context: BranchContext,
	federation: Federation,
	delivery: Delivery,
	author: LocalActor,
): Promise<string | null> {
	const { activity, actor } = delivery.about!;
	const what = delivery.what as keyof typeof COMING;
	const begins = what === 'join' || what === 'attend';
	const event = context.store.read((reading) => {
		const stands = !begins || attendanceByActivity(reading, activity) !== undefined;
		return stands ? postById(reading, delivery.post!) : undefined;
	});
	if (!event) return null;
	return federation.comingOf(COMING[what], activity, author, { id: event.uri, organizer: actor });
}

/** Null when the question is over by now, or was taken back. */
async function voteBody(
	context: BranchContext,
	federation: Federation,
	delivery: Delivery,
	author: LocalActor,
): Promise<string | null> {
	const { activity, actor } = delivery.about!;
	const found = context.store.read((reading) => {
		const vote = voteById(reading, Number(activity.split('/').at(-1)));
		const post = vote && postById(reading, vote.post);
		const choice = vote && choicesOf(reading, vote.post).find(({ n }) => n === vote.choice);
		return post && choice && { poll: post.uri, choice: choice.name };
	});
	return found ? federation.voteOf(activity, author, { ...found, author: actor }) : null;
}

/** Said only of what is still there, to whoever may still have it. */
async function actBody(
	context: BranchContext,
	federation: Federation,
	delivery: Delivery,
	author: LocalActor,
): Promise<string | null> {
	const post = context.store.read((reading) => postById(reading, delivery.post!));
	if (!post || !mayRead(context, post, serverReader(context, delivery.origin))) return null;
	const { activity } = delivery.about!;
	if (!context.store.read((reading) => actByActivity(reading, activity))) return null;
	if (delivery.what === 'like') return federation.likeOf(activity, author, post.uri);
	if (scopeOf(post.audience) !== 'public') return null;
	return delivery.what === 'announce'
		? federation.announceOf(activity, author, post.uri, context.clock.now())
		: federation.pinOf('Add', activity, author, post.uri);
}
