import { mayReceive } from '@understory/core/scope.ts';
import { mayAnswer, mayFederate } from '@understory/core/stage.ts';
import type { BranchContext } from '../context.ts';
import {
	addDeliveries,
	deliveriesOf,
	dropUntried,
	type Errand,
	holdersOf,
	onceHolders,
	type ToSend,
	withholdUntried,
} from '../store/deliveries.ts';
import { followersOf, followsOf, hasFollowerAt } from '../store/follows.ts';
import { limitedUntil } from '../store/limitations.ts';
import type { Person } from '../store/people.ts';
import { type Post, postById } from '../store/posts.ts';
import { quoteIn, quotesOf } from '../store/quotes.ts';
import { remoteById, remoteByUri } from '../store/remote-actors.ts';
import type { Reading, Writing } from '../store/store.ts';
import { serverReader } from './readers.ts';
import { mayTell } from './restricting/parting.ts';

/** A server and the address there that takes what we send. */
export interface Recipient {
	readonly origin: string;
	readonly inbox: string;
}

/** So many quotes of one post are told of it. */
const MOST_QUOTES = 10_000;
type Now = Pick<BranchContext, 'current' | 'desired'>;

/**
 * Does this branch speak with other servers now: the stage, the mode of federation its library chose, and that no newer copy of this
 * folder has taken over (DESIGN 5.8)?
 */
export function isAnswering(context: Now): boolean {
	const { stage, federation, epoch } = context.current.branch();
	return mayAnswer(stage) && federation !== 'closed' && epoch === context.desired().branch.epoch;
}

/** May anything new leave it? Not while it is quiet (DESIGN section 2): then only what takes something back goes. */
export function isSending(context: Now): boolean {
	return isAnswering(context) && mayFederate(context.current.branch().stage);
}

/**
 * The servers a new post goes to (reference/fediverse.md 2.4). A branch post: none, whatever else is true. A neighborhood post: each
 * mutual neighbor's shared inbox. A public one: neighbors, followers, those it names, whom it answers and whom it quotes; of somebody who is limited, servers of followers alone. Each is asked of `mayReceive` besides.
 */
export function recipientsOf(context: BranchContext, reading: Reading, post: Post): Recipient[] {
	if (post.audience.reach === 'branch' || post.person === null || !isSending(context)) return [];
	const found = new Map<string, Recipient>();
	for (const origin of context.book.trust().neighborsOf(context.origin)) {
		if (origin !== context.origin) found.set(`${origin}/ap/inbox`, { origin, inbox: `${origin}/ap/inbox` });
	}
	if (post.audience.reach === 'public') {
		const actors = [
			...followersOf(reading, context.at.person(post.person)),
			...post.mentions.map(({ actor }) => actor),
			answered(reading, post),
			quoted(reading, post),
		];
		for (const actor of actors) {
			if (actor === undefined) continue;
			const remote = remoteByUri(reading, actor);
			if (!remote) continue;
			const inbox = remote.shared_inbox ?? remote.inbox;
			found.set(inbox, { origin: remote.origin, inbox });
		}
	}
	const known = limitedUntil(reading, post.person, 'account_limited', context.clock.now())
		? [...found.values()].filter(({ origin }) =>
				hasFollowerAt(reading, context.at.person(post.person!), `${origin}/`),
			)
		: [...found.values()];
	return known.filter(
		({ origin }) => mayReceive(post.audience, serverReader(context, origin), context.book.trust()).allowed,
	);
}

/** The actor of another server whose post this one answers. */
function answered(reading: Reading, post: Post): string | undefined {
	const parent = post.reply_to === null ? undefined : postById(reading, post.reply_to);
	return parent?.remote ? remoteById(reading, parent.remote)?.uri : undefined;
}

/** The actor of another server whose post this one quotes. */
function quoted(reading: Reading, post: Post): string | undefined {
	const quote = quoteIn(reading, post.id);
	const other = quote?.quoted == null ? undefined : postById(reading, quote.quoted);
	return other?.remote ? remoteById(reading, other.remote)?.uri : undefined;
}

/** Puts a new post into the outbox, in the transaction that keeps the post. */
export function sendPost(context: BranchContext, writing: Writing, post: Post): void {
	put(context, writing, aboutPost('create', post), recipientsOf(context, writing, post));
}

/** The servers that have, or may have, a copy of a post of ours: it was sent there, or somebody there quotes it. */
export function whoHas(reading: Reading, post: number): Recipient[] {
	return eachOnce([...holdersOf(reading, post), ...quotingServers(reading, post)]);
}

function quotingServers(reading: Reading, post: number): Recipient[] {
	return quotesOf(reading, post, MOST_QUOTES).flatMap(({ post: id, state }): Recipient[] => {
		const told = state === 'agreed' || state === 'asked';
		const remote = told ? (postById(reading, id)?.remote ?? null) : null;
		const there = remote === null ? undefined : remoteById(reading, remote);
		return there ? [inboxOf(there)] : [];
	});
}

function eachOnce(recipients: readonly Recipient[]): Recipient[] {
	return [...new Map(recipients.map((one) => [one.inbox, one])).values()];
}

/** Where a server takes what is not for one person alone. */
function inboxOf(there: Recipient & { readonly shared_inbox: string | null }): Recipient {
	return { origin: there.origin, inbox: there.shared_inbox ?? there.inbox };
}

/** Asks every server that has, or may have, a copy to delete it; what was not tried yet is not sent at all. */
export function recallPost(context: BranchContext, writing: Writing, post: Post): void {
	if (post.person === null) return;
	dropUntried(writing, post.id);
	put(context, writing, aboutPost('delete', post), whoHas(writing, post.id));
}

/** Calls a post back that may come again: like `recallPost`, and it is remembered who was to have it. */
export function holdBack(context: BranchContext, writing: Writing, post: Post): void {
	if (post.person === null) return;
	withholdUntried(writing, post.id, context.clock.now());
	put(context, writing, aboutPost('delete', post), whoHas(writing, post.id));
}

/** Sends a post that was called back again, to those who had it or were to have it. The Create has an id of its own, since they know the first one. */
export function sendAgain(context: BranchContext, writing: Writing, post: Post): void {
	if (post.person === null) return;
	const about = {
		activity: `${post.uri}/activity#again-${context.ids.next()}`,
		actor: context.at.person(post.person),
	};
	const to = eachOnce([...onceHolders(writing, post.id), ...quotingServers(writing, post.id)]);
	put(context, writing, { ...aboutPost('restore', post), about }, to);
}

/** Tells every server that has, or may have, a copy how the post reads now. One that waits for its first try is sent as it reads then. */
export function refreshPost(context: BranchContext, writing: Writing, post: Post): void {
	if (post.person === null) return;
	put(context, writing, aboutPost('update', post), whoHas(writing, post.id));
}

/** The same for what a host changed, which the post does not count as an edit of its author. */
export function refreshMarked(context: BranchContext, writing: Writing, post: Post): void {
	if (post.person === null) return;
	const about = {
		activity: `${post.uri}#updates/marked-${context.ids.next()}`,
		actor: context.at.person(post.person),
	};
	put(context, writing, { ...aboutPost('update', post), about }, holdersOf(writing, post.id));
}

/** Sends a post that was changed to the servers of those whom it names only now. */
export function sendToNamed(
	context: BranchContext,
	writing: Writing,
	post: Post,
	actors: readonly string[],
): void {
	const inboxes = new Set(
		actors.flatMap((actor) => {
			const remote = remoteByUri(writing, actor);
			return remote ? [remote.shared_inbox ?? remote.inbox] : [];
		}),
	);
	const sent = new Set(deliveriesOf(writing, post.id).map(({ inbox }) => inbox));
	const to = recipientsOf(context, writing, post).filter(
		({ inbox }) => inboxes.has(inbox) && !sent.has(inbox),
	);
	put(context, writing, aboutPost('create', post), to);
}

/** Tells other servers what somebody here did with a post. */
export function sendAct(
	context: BranchContext,
	writing: Writing,
	errand: {
		readonly what: Extract<Errand, 'like' | 'unlike' | 'announce' | 'unannounce' | 'pin' | 'unpin'>;
		readonly post: number;
		readonly activity: string;
		readonly sender: string;
	},
	recipients: readonly Recipient[],
): void {
	const { what, post, activity, sender } = errand;
	const actor = context.at.person(Number(sender));
	put(context, writing, { what, post, about: { activity, actor }, sender }, recipients);
}

/** Tells the servers of those who follow somebody, and of those they follow, how they describe themselves now. */
export function sendProfile(context: BranchContext, writing: Writing, person: Pick<Person, 'id'>): void {
	const actor = context.at.person(person.id);
	const about = { activity: `${actor}#updates`, actor };
	const errand = { what: 'profile', post: null, about, sender: String(person.id) } as const;
	put(context, writing, errand, acquaintances(context, writing, actor));
}

/** Tells the same servers that somebody moved. */
export function sendMove(
	context: BranchContext,
	writing: Writing,
	person: Pick<Person, 'id'>,
	target: string,
): void {
	const actor = context.at.person(person.id);
	const about = { activity: `${actor}#moves/${context.ids.next()}`, actor: target };
	const errand = { what: 'move', post: null, about, sender: String(person.id) } as const;
	put(context, writing, errand, acquaintances(context, writing, actor));
}

function acquaintances(context: BranchContext, writing: Writing, actor: string): Recipient[] {
	if (!isSending(context)) return [];
	const known = [
		...followersOf(writing, actor),
		...followsOf(writing, actor).map(({ followed }) => followed),
	];
	const inboxes = new Map<string, Recipient>();
	for (const uri of known) {
		const remote = remoteByUri(writing, uri);
		const inbox = remote && (remote.shared_inbox ?? remote.inbox);
		if (remote && inbox) inboxes.set(inbox, { origin: remote.origin, inbox });
	}
	return [...inboxes.values()];
}

/** Asks the hosts of another server to look at a post of theirs, in the name of the branch. */
export function sendFlag(
	context: BranchContext,
	writing: Writing,
	{ post, activity, actor }: { post: number | null; activity: string; actor: string },
	recipient: Recipient,
): void {
	if (!isSending(context)) return;
	const { origin, inbox } = recipient;
	put(context, writing, { what: 'flag', post, about: { activity, actor }, sender: 'server' }, [
		{ origin, inbox },
	]);
}

/** Tells the author of a question elsewhere what somebody here chose. */
export function sendVote(
	context: BranchContext,
	writing: Writing,
	{ post, activity, actor, sender }: { post: number; activity: string; actor: string; sender: string },
	recipient: Recipient,
): void {
	put(context, writing, { what: 'vote', post, about: { activity, actor }, sender }, [recipient]);
}

/** Tells servers that somebody deleted their account. */
export function sendFarewell(
	context: BranchContext,
	writing: Writing,
	sender: string,
	actor: string,
	recipients: readonly Recipient[],
): void {
	const about = { activity: `${actor}#delete`, actor };
	put(context, writing, { what: 'farewell', post: null, about, sender }, recipients);
}

/** Puts something that is about no post into the outbox: a follow, its end, an answer to one. */
export function sendAbout(
	context: BranchContext,
	writing: Writing,
	errand: {
		readonly what: Extract<Errand, 'follow' | 'unfollow' | 'block' | 'unblock' | 'accept' | 'reject'>;
		readonly activity: string;
		readonly actor: string;
		readonly sender: string;
	},
	recipient: Recipient,
): void {
	const { what, activity, actor, sender } = errand;
	put(context, writing, { what, post: null, about: { activity, actor }, sender }, [recipient]);
}

/** Tells the server of an event elsewhere that somebody here comes, or does not after all. */
export function sendComing(
	context: BranchContext,
	writing: Writing,
	errand: {
		readonly what: Extract<Errand, 'join' | 'leave' | 'attend' | 'unattend'>;
		readonly post: number;
		readonly activity: string;
		readonly sender: string;
	},
	organizer: { readonly uri: string; readonly origin: string; readonly inbox: string },
): void {
	const { what, post, activity, sender } = errand;
	const about = { activity, actor: organizer.uri };
	const { origin, inbox } = organizer;
	put(context, writing, { what, post, about, sender }, [{ origin, inbox }]);
}

/** Tells somebody elsewhere who wants to come to an event what its organizer says. */
export function sendWelcome(
	context: BranchContext,
	writing: Writing,
	answer: {
		readonly yes: boolean;
		readonly post: Pick<Post, 'id' | 'person'>;
		readonly activity: string;
		readonly actor: string;
	},
): void {
	const { yes, post, activity, actor } = answer;
	const there = remoteByUri(writing, actor);
	if (!there) return;
	const what = yes ? 'welcome' : 'decline';
	const errand = { what, post: post.id, about: { activity, actor }, sender: String(post.person) } as const;
	put(context, writing, errand, [{ origin: there.origin, inbox: there.inbox }]);
}

/** Asks whoever wrote the quoted post, where the quote itself goes, so that no server is told of it in two ways. */
export function sendQuoteRequest(
	context: BranchContext,
	writing: Writing,
	post: Post,
	about: { readonly activity: string; readonly actor: string },
	to: Recipient & { readonly shared_inbox: string | null },
): void {
	const errand = { what: 'quote_request', post: post.id, about, sender: String(post.person) } as const;
	put(context, writing, errand, [{ origin: to.origin, inbox: to.shared_inbox ?? to.inbox }]);
}

/** Tells somebody elsewhere who asked to quote a post what its author says. */
export function sendQuoteAnswer(
	context: BranchContext,
	writing: Writing,
	yes: boolean,
	{ request }: { readonly request: string | null },
	{ quoted, post }: { readonly quoted: Post; readonly post: Pick<Post, 'id' | 'uri' | 'remote'> },
): void {
	const there = post.remote === null ? undefined : remoteById(writing, post.remote);
	if (!there || request === null) return;
	const about = { activity: request, actor: there.uri };
	const sender = String(quoted.person);
	const { origin, inbox } = there;
	if (yes) put(context, writing, { what: 'quote_accept', post: post.id, about, sender }, [{ origin, inbox }]);
	else sendQuoteRefusal(context, writing, { ...about, quoted: quoted.uri, quoting: post.uri }, sender);
}

/** Says no to somebody elsewhere, whose quote may not even be here. */
export function sendQuoteRefusal(
	context: BranchContext,
	writing: Writing,
	about: NonNullable<ToSend['about']>,
	sender: string,
): void {
	const there = remoteByUri(writing, about.actor);
	if (!there) return;
	const { origin, inbox } = there;
	put(context, writing, { what: 'quote_reject', post: null, about, sender }, [{ origin, inbox }]);
}

/** Tells whoever has the quote, or what it quotes, that its author agrees no more. */
export function sendUnquote(
	context: BranchContext,
	writing: Writing,
	stamp: string,
	{ quoted, post }: { readonly quoted: Post; readonly post: Post },
): void {
	const there = post.remote === null ? undefined : remoteById(writing, post.remote);
	const quoting = there ? [inboxOf(there)] : holdersOf(writing, post.id);
	const all = [...quoting, ...holdersOf(writing, quoted.id)];
	const recipients = new Map(all.map((one) => [one.inbox, one]));
	const about = { activity: stamp, actor: stamp };
	const errand = { what: 'unquote', post: null, about, sender: String(quoted.person) } as const;
	put(context, writing, errand, [...recipients.values()]);
}

function aboutPost(what: 'create' | 'update' | 'delete' | 'restore', post: Post): Omit<ToSend, 'at' | 'to'> {
	return { what, post: post.id, about: null, sender: String(post.person) };
}

function put(
	context: BranchContext,
	writing: Writing,
	errand: Omit<ToSend, 'at' | 'to'>,
	recipients: readonly Recipient[],
): void {
	const told = recipients.filter(({ origin }) => mayTell(context, errand.what, origin));
	const to = told.map(({ origin, inbox }) => ({ id: context.ids.next(), origin, inbox }));
	if (to.length === 0) return;
	addDeliveries(writing, { ...errand, at: context.clock.now(), to });
	writing.afterwards(context.wake);
}
