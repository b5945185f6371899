import { NotAllowed, NotFound } from '@understory/core/errors.ts';
import { originOf } from '@understory/core/scope.ts';
import { mayFederate } from '@understory/core/stage.ts';
import type { Incoming } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import { dropAside } from '../store/aside.ts';
import { acceptFollow, findFollow, followByActivity, keepFollow, removeFollow } from '../store/follows.ts';
import { type Person, personById } from '../store/people.ts';
import type { Writing } from '../store/store.ts';
import { isApart } from './apart.ts';
import { exchangesWith } from './exchanging.ts';
import { asksFirst } from './follow-requests.ts';
import { knowRemote } from './known-remote.ts';
import { notice, unnotice } from './noticing.ts';
import { sendAbout } from './outbox.ts';
import { answerAside } from './restricting/setting-aside.ts';
import { askAboutServer } from './servers.ts';

const RELATED =
	'This branch answers its neighbors only. A person there can still read its public posts on the web.';

/** May somebody of this origin follow people here, and be followed (DESIGN 4.11)? */
export function mayRelate(context: BranchContext, origin: string): boolean {
	return mayFederate(context.current.branch().stage) && exchangesWith(context, origin);
}

/** Somebody elsewhere follows one of ours. Throws NotAllowed with the reason for a stranger, and tells their server no. */
export async function receiveFollow(
	context: BranchContext,
	incoming: Extract<Incoming, { type: 'follow' }>,
): Promise<void> {
	const origin = originOf(incoming.actor.id);
	const id = context.at.personIn(incoming.object);
	const allowed = mayRelate(context, origin);
	let waiting = false;
	context.store.transact((writing) => {
		const person = id === null ? undefined : personById(writing, id);
		if (!person) throw new NotFound();
		const follower = knowRemote(context, writing, incoming.actor);
		const answer = { activity: incoming.id, actor: follower.uri, sender: String(person.id) };
		const recipient = { origin, inbox: follower.inbox };
		const limited = allowed && context.restrictions.stops(origin, 'beginning');
		waiting = limited || (!allowed && askAboutServer(context, writing, origin));
		if ((!allowed && !waiting) || isApart(writing, follower.uri, context.at.person(person.id))) {
			sendAbout(context, writing, { what: 'reject', ...answer }, recipient);
			return;
		}
		const followed = context.at.person(person.id);
		const known = findFollow(writing, follower.uri, followed);
		const created = context.clock.now();
		const begun = limited && known?.state === 'accepted';
		const waits = (waiting && !begun) || (asksFirst(person) && known?.state !== 'accepted');
		keepFollow(writing, {
			id: context.ids.next(),
			follower: follower.uri,
			followed,
			activity: incoming.id,
			state: waits ? 'asked' : 'accepted',
			created,
		});
		// Asked twice, answered twice: the first answer may have been lost.
		if (!waits) sendAbout(context, writing, { what: 'accept', ...answer }, recipient);
		// Of a server that is not let in yet nobody hears.
		if (!known && !waiting) notify(context, writing, person, follower.uri);
	});
	if (!allowed && !waiting) throw new NotAllowed(RELATED, 'strangers_not_followed');
}

/** Somebody elsewhere follows one of ours no more. */
export async function receiveUnfollow(
	context: BranchContext,
	incoming: Extract<Incoming, { type: 'unfollow' }>,
): Promise<void> {
	context.store.transact((writing) => {
		removeFollow(writing, incoming.actor, incoming.object);
		dropAside(writing, incoming.actor, incoming.object);
		unnotify(context, writing, incoming.object, incoming.actor);
	});
}

/** Somebody elsewhere said yes or no to one of ours who asked to follow them. */
export async function receiveAnswer(
	context: BranchContext,
	incoming: Extract<Incoming, { type: 'accept' | 'reject' }>,
): Promise<void> {
	context.store.transact((writing) => {
		if (answerAside(writing, incoming)) return;
		const follow = followByActivity(writing, incoming.asked);
		// Only the person who was asked can answer.
		if (!follow || follow.followed !== incoming.actor) return;
		if (incoming.type === 'accept') acceptFollow(writing, follow.id);
		else removeFollow(writing, follow.follower, follow.followed);
	});
}

/** Tells a person that somebody follows them, or asks to. */
export function notify(context: BranchContext, writing: Writing, person: Person, actor: string): void {
	const kind = asksFirst(person) ? 'follow_request' : 'follow';
	notice(context, writing, { person: person.id, kind, post: null, actor });
}

/** They follow no more, or ask no more. `followed` is an actor id, of here or not. */
export function unnotify(
	context: Pick<BranchContext, 'at'>,
	writing: Writing,
	followed: string,
	actor: string,
): void {
	const person = context.at.personIn(followed);
	if (person === null) return;
	for (const kind of ['follow', 'follow_request'] as const) {
		unnotice(writing, { person, kind, post: null, actor });
	}
}
