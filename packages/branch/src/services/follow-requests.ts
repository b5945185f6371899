import { NotFound } from '@understory/core/errors.ts';
import { originOf } from '@understory/core/scope.ts';
import type { BranchContext } from '../context.ts';
import { dropAside, findAside } from '../store/aside.ts';
import { acceptFollow, askingToFollow, type Follow, findFollow, removeFollow } from '../store/follows.ts';
import type { Person } from '../store/people.ts';
import { remoteByUri } from '../store/remote-actors.ts';
import type { Writing } from '../store/store.ts';
import { isYoung } from './audiences.ts';
import { exchangesWith } from './exchanging.ts';
import { sendAbout } from './outbox.ts';

/** Must whoever wants to follow this person ask them? Of young people always (docs/adr/0018). */
export function asksFirst(person: Pick<Person, 'asks_first' | 'age_band'>): boolean {
	return person.asks_first === 1 || isYoung(person);
}

/** Who waits for this person's answer, longest first; not those of a server that itself waits to be let in. */
export function requestsTo(context: BranchContext, person: Person): Follow[] {
	const asking = context.store.read((reading) => askingToFollow(reading, context.at.person(person.id)));
	return asking.filter(({ follower }) => isHeard(context, follower));
}

/** Answers somebody who asked to follow. Repeatable. Throws NotFound when they did not ask. */
export function answerRequest(context: BranchContext, person: Person, follower: string, yes: boolean): void {
	const followed = context.at.person(person.id);
	context.store.transact((writing) => {
		const follow = findFollow(writing, follower, followed);
		if (!follow || !isHeard(context, follower)) throw new NotFound();
		if (follow.state === 'accepted') return;
		if (yes) acceptFollow(writing, follow.id);
		else removeFollow(writing, follower, followed);
		tell(context, writing, person, follow, yes ? 'accept' : 'reject');
	});
}

function isHeard(context: BranchContext, follower: string): boolean {
	if (context.at.personIn(follower) !== null) return true;
	const origin = originOf(follower);
	return exchangesWith(context, origin) && !context.restrictions.stops(origin, 'beginning');
}

/** Somebody is to follow this person no more; their server is told as of a no. Repeatable. */
export function removeFollower(context: BranchContext, person: Person, follower: string): void {
	const followed = context.at.person(person.id);
	context.store.transact((writing) => {
		const follow = findFollow(writing, follower, followed) ?? findAside(writing, follower, followed);
		if (!follow) return;
		removeFollow(writing, follower, followed);
		dropAside(writing, follower, followed);
		tell(context, writing, person, follow, 'reject');
	});
}

function tell(
	context: BranchContext,
	writing: Writing,
	person: Person,
	follow: Follow,
	what: 'accept' | 'reject',
): void {
	const remote = remoteByUri(writing, follow.follower);
	if (!remote) return;
	const errand = {
		what,
		activity: follow.activity,
		actor: follow.follower,
		sender: String(person.id),
	} as const;
	sendAbout(context, writing, errand, { origin: remote.origin, inbox: remote.inbox });
}
