import { mayReceive } from '@understory/core/scope.ts';
import { mayFederate } from '@understory/core/stage.ts';
import type { BranchContext } from '../context.ts';
import { addDelivery, dropUntried, type Errand, holdersOf } from '../store/deliveries.ts';
import { followersOf } from '../store/follows.ts';
import { type Post, postById } from '../store/posts.ts';
import { remoteById, remoteByUri } from '../store/remote-actors.ts';
import type { Reading, Writing } from '../store/store.ts';
import { serverReader } from './readers.ts';

/** A server and the address there that takes what we send. */
export interface Recipient {
	readonly origin: string;
	readonly inbox: string;
}

/**
 * May anything leave this branch now: the stage, the mode of federation its library chose, and that no newer copy of this folder
 * has taken over (DESIGN 5.8)?
 */
export function isSending(context: Pick<BranchContext, 'current' | 'desired'>): boolean {
	const { stage, federation, epoch } = context.current.branch();
	return mayFederate(stage) && federation !== 'closed' && epoch === context.desired().branch.epoch;
}

/**
 * The servers a new post goes to (reference/fediverse.md 2.4). A branch post: none, whatever else is true. A neighborhood post: each
 * mutual neighbor's shared inbox. A public one: neighbors, followers, those it names and whom it answers. Each is asked of `mayReceive` besides.
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
		];
		for (const actor of actors) {
			if (actor === undefined) continue;
			const remote = remoteByUri(reading, actor);
			if (!remote) continue;
			const inbox = remote.shared_inbox ?? remote.inbox;
			found.set(inbox, { origin: remote.origin, inbox });
		}
	}
	return [...found.values()].filter(
		({ origin }) => mayReceive(post.audience, serverReader(context, origin), context.book.trust()).allowed,
	);
}

/** The actor of another server whose post this one answers. */
function answered(reading: Reading, post: Post): string | undefined {
	const parent = post.reply_to === null ? undefined : postById(reading, post.reply_to);
	return parent?.remote ? remoteById(reading, parent.remote)?.uri : undefined;
}

/** Puts a new post into the outbox, in the transaction that keeps the post. */
export function sendPost(context: BranchContext, writing: Writing, post: Post): void {
	for (const recipient of recipientsOf(context, writing, post)) {
		put(
			context,
			writing,
			{ what: 'create', post: post.id, about: null, sender: String(post.person) },
			recipient,
		);
	}
}

/** Asks every server that has, or may have, a copy to delete it; what was not tried yet is not sent at all. */
export function recallPost(context: BranchContext, writing: Writing, post: Post): void {
	if (post.person === null) return;
	dropUntried(writing, post.id);
	for (const recipient of holdersOf(writing, post.id)) {
		put(
			context,
			writing,
			{ what: 'delete', post: post.id, about: null, sender: String(post.person) },
			recipient,
		);
	}
}

/** Tells every server that has, or may have, a copy how the post reads now. One that waits for its first try is sent as it reads then. */
export function refreshPost(context: BranchContext, writing: Writing, post: Post): void {
	if (post.person === null) return;
	const about = { what: 'update', post: post.id, about: null, sender: String(post.person) } as const;
	for (const recipient of holdersOf(writing, post.id)) put(context, writing, about, recipient);
}

/** Puts something that is about no post into the outbox: a follow, its end, an answer to one. */
export function sendAbout(
	context: BranchContext,
	writing: Writing,
	errand: {
		readonly what: Exclude<Errand, 'create' | 'update' | 'delete'>;
		readonly activity: string;
		readonly actor: string;
		readonly sender: string;
	},
	recipient: Recipient,
): void {
	const { what, activity, actor, sender } = errand;
	put(context, writing, { what, post: null, about: { activity, actor }, sender }, recipient);
}

function put(
	context: BranchContext,
	writing: Writing,
	errand: {
		what: Errand;
		post: number | null;
		about: { activity: string; actor: string } | null;
		sender: string;
	},
	recipient: Recipient,
): void {
	addDelivery(writing, { id: context.ids.next(), ...errand, ...recipient, next_at: context.clock.now() });
	writing.afterwards(context.wake);
}
