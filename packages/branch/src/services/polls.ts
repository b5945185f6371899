import { Conflict, NotFound } from '@understory/core/errors.ts';
import { mayReceive, originOf } from '@understory/core/scope.ts';
import type { Incoming, IncomingPost } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import { type Person, personById } from '../store/people.ts';
import {
	addVote,
	choicesOf,
	forgetVotes,
	keepPoll,
	nextPoll,
	type Poll,
	pollOf,
	pollsDue,
	refreshAt,
	votersOf,
	votesBy,
} from '../store/polls.ts';
import { type Post, postById, postByUri } from '../store/posts.ts';
import { noteReceived, wasReceived } from '../store/received.ts';
import { remoteById } from '../store/remote-actors.ts';
import type { Writing } from '../store/store.ts';
import { isApart } from './apart.ts';
import { checkMayWrite } from './drafting.ts';
import { remoteLine } from './markup.ts';
import { notice } from './noticing.ts';
import { refreshPost, sendVote } from './outbox.ts';
import { countsNow, LONGEST_CHOICE } from './question.ts';
import { mayRead, readerFor, serverReader } from './readers.ts';

/** Other servers are told of votes at most this often, in milliseconds. */
const PAUSE = 60_000;
const AT_A_TIME = 50;

/** Keeps how a question of another server stands. Its choices never change; a question that does is another question. */
export function keepForeignPoll(
	context: Pick<BranchContext, 'clock'>,
	writing: Writing,
	post: number,
	{ poll }: IncomingPost,
): void {
	if (!poll) return;
	const known = pollOf(writing, post);
	const before = choicesOf(writing, post);
	const offered = poll.choices.map(({ name, votes }, n) => ({
		n,
		name: remoteLine(name, LONGEST_CHOICE),
		votes,
	}));
	const same = offered.length === before.length && offered.every(({ name }, n) => name === before[n]?.name);
	if (known && !same) return;
	const closed = poll.over ? (known?.closed ?? (known ? null : context.clock.now())) : null;
	// What is over now is closed by the worker, which tells those here who chose something.
	const ends = poll.over ? Math.min(poll.ends ?? context.clock.now(), context.clock.now()) : poll.ends;
	const { many, voters } = poll;
	keepPoll(writing, { post, ends, many, voters, closed, refresh: null }, offered);
}

/**
 * Chooses. Who chose what is shown to nobody, and forgotten when the question is over. Throws NotFound for what this person may not
 * read, Conflict `poll_over`, `poll_voted` or `poll_choose`.
 */
export function choose(context: BranchContext, person: Person, id: number, chosen: readonly number[]): void {
	checkMayWrite(context, person);
	const actor = context.at.person(person.id);
	context.store.transact((writing) => {
		const post = postById(writing, id);
		const poll = pollOf(writing, id);
		if (!post || !poll || !mayRead(context, post, readerFor(context, person))) throw new NotFound();
		if (isOver(poll, context.clock.now())) throw new Conflict('This question is over.', 'poll_over');
		if (votesBy(writing, id, actor).length > 0) {
			throw new Conflict('You have chosen already.', 'poll_voted');
		}
		const offered = choicesOf(writing, id);
		const real = offered.filter(({ n }) => chosen.includes(n));
		if (real.length === 0 || (real.length > 1 && !poll.many)) {
			throw new Conflict('Choose one of what is offered.', 'poll_choose');
		}
		for (const { n } of real) {
			const vote = { id: context.ids.next(), post: id, choice: n, actor };
			addVote(writing, vote);
			if (post.remote !== null) tellAuthor(context, writing, post, person, vote.id);
		}
		if (post.person !== null) changed(context, writing, poll);
	});
}

function tellAuthor(
	context: BranchContext,
	writing: Writing,
	post: Post,
	person: Person,
	vote: number,
): void {
	const author = remoteById(writing, post.remote!);
	if (!author) return;
	const activity = `${context.at.person(person.id)}#votes/${vote}`;
	const errand = { post: post.id, activity, actor: author.uri, sender: String(person.id) };
	sendVote(context, writing, errand, { origin: author.origin, inbox: author.inbox });
}

/** A vote from elsewhere. What is not offered, comes too late or twice, or is by somebody it is not for, is taken and dropped. */
export function receiveVote(context: BranchContext, incoming: Extract<Incoming, { type: 'vote' }>): void {
	context.store.transact((writing) => {
		if (wasReceived(writing, incoming.id)) return;
		noteReceived(writing, incoming.id, context.clock.now());
		const post = postByUri(writing, incoming.poll);
		const poll = post && pollOf(writing, post.id);
		if (!post || post.person === null || post.deleted !== null || post.hidden !== null || !poll) return;
		const actor = incoming.actor.id;
		const reader = serverReader(context, originOf(actor));
		if (!mayReceive(post.audience, reader, context.book.trust()).allowed) return;
		if (isOver(poll, context.clock.now()) || isApart(writing, context.at.person(post.person), actor)) return;
		const choice = choicesOf(writing, post.id).find(({ name }) => name === incoming.choice);
		const before = votesBy(writing, post.id, actor);
		if (!choice || before.includes(choice.n) || (before.length > 0 && !poll.many)) return;
		addVote(writing, { id: context.ids.next(), post: post.id, choice: choice.n, actor });
		changed(context, writing, poll);
	});
}

function isOver(poll: Poll, now: number): boolean {
	return poll.closed !== null || (poll.ends !== null && poll.ends <= now);
}

function changed(context: BranchContext, writing: Writing, poll: Poll): void {
	if (poll.refresh !== null) return;
	refreshAt(writing, poll.post, context.clock.now() + PAUSE);
	writing.afterwards(context.wake);
}

/** Closes what is over: counts once, tells whoever asked or chose, forgets who chose what. Tells other servers how open ones stand. */
export function tendPolls(context: BranchContext): void {
	const now = context.clock.now();
	const due = context.store.read((reading) => pollsDue(reading, now, AT_A_TIME));
	for (const { post } of due) context.store.transact((writing) => tend(context, writing, post, now));
}

/** When `tendPolls` is to be called again, or null. */
export function nextPollAt(context: Pick<BranchContext, 'store'>): number | null {
	return context.store.read((reading) => nextPoll(reading));
}

function tend(context: BranchContext, writing: Writing, id: number, now: number): void {
	const poll = pollOf(writing, id);
	const post = postById(writing, id);
	if (!poll || !post) return;
	if (poll.closed === null && poll.ends !== null && poll.ends <= now)
		close(context, writing, poll, post, now);
	else if (poll.refresh !== null) refreshAt(writing, id, null);
	refreshPost(context, writing, post);
}

function close(context: BranchContext, writing: Writing, poll: Poll, post: Post, now: number): void {
	const { choices, voters } = countsNow(writing, poll);
	const told = new Set(votersOf(writing, post.id).map((actor) => context.at.personIn(actor)));
	told.add(post.person);
	const at = choices.map(({ name, votes }, n) => ({ n, name, votes }));
	keepPoll(writing, { ...poll, voters, closed: now, refresh: null }, at);
	forgetVotes(writing, post.id);
	const author =
		post.person === null ? remoteById(writing, post.remote!)?.uri : context.at.person(post.person);
	for (const id of told) {
		const person = id === null ? undefined : personById(writing, id);
		if (!person || author === undefined || !mayRead(context, post, readerFor(context, person))) continue;
		notice(context, writing, { person: person.id, kind: 'poll', post: post.id, actor: author });
	}
}
