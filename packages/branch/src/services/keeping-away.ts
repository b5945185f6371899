import { BadInput, NotAllowed, NotFound } from '@understory/core/errors.ts';
import { originOf } from '@understory/core/scope.ts';
import type { BranchContext } from '../context.ts';
import { dropAside, findAside } from '../store/aside.ts';
import { findFollow, removeFollow } from '../store/follows.ts';
import type { Person } from '../store/people.ts';
import {
	findRelation,
	keepRelation,
	type Relation,
	type RelationKind,
	relationsBy,
	removeRelation,
} from '../store/relations.ts';
import { remoteByUri } from '../store/remote-actors.ts';
import type { Writing } from '../store/store.ts';
import { actorOf, type Somebody } from './following.ts';
import { sendAbout } from './outbox.ts';
import { takeBackQuotesBy } from './quoting.ts';

const DAY = 24 * 60 * 60_000;
/** For how long a mute can be, in days; 0 is until it is ended. */
export const MUTE_DAYS = [0, 1, 7, 30] as const;

/**
 * Keeps somebody off one's boards and notices, for some days or until one ends it. They learn nothing of it. Repeatable. Throws NotAllowed
 * `official` for the branch itself, which has to be heard, and BadInput for a time that is not offered.
 */
export function mute(context: BranchContext, person: Person, somebody: Somebody, days: number): void {
	const object = other(context, person, somebody);
	if (!MUTE_DAYS.some((one) => one === days)) throw new BadInput('That time is not offered.');
	const until = days === 0 ? null : context.clock.now() + days * DAY;
	const actor = context.at.person(person.id);
	context.store.transact((writing) => keep(context, writing, { actor, kind: 'mute', object, until }));
}

/**
 * Neither has to do with the other any more: neither reads, follows, answers or names the other. They are not told; their server is, as servers
 * need it. Repeatable. Throws NotAllowed `official` for the branch itself.
 */
export function block(context: BranchContext, person: Person, somebody: Somebody): void {
	const object = other(context, person, somebody);
	const actor = context.at.person(person.id);
	context.store.transact((writing) => {
		if (findRelation(writing, actor, 'block', object)) return;
		part(context, writing, person, object);
		takeBackQuotesBy(context, writing, person, object);
		const activity = somebody.kind === 'elsewhere' ? `${actor}#blocks/${context.ids.next()}` : null;
		keep(context, writing, { actor, kind: 'block', object, activity });
		if (somebody.kind === 'here' || activity === null) return;
		const { origin, inbox } = somebody.remote;
		const errand = { what: 'block', activity, actor: object, sender: String(person.id) } as const;
		sendAbout(context, writing, errand, { origin, inbox });
	});
}

/** Keeps everybody of a server off one's boards and notices. Repeatable. Throws BadInput for this branch's own. */
export function hideServer(context: BranchContext, person: Person, origin: string): void {
	if (originOf(origin) !== origin || origin === context.origin) {
		throw new BadInput('That is not the address of another server.');
	}
	const actor = context.at.person(person.id);
	context.store.transact((writing) => keep(context, writing, { actor, kind: 'hide', object: origin }));
}

/** Ends a mute, a block or the hiding of a server. What was followed before is not followed again by itself. Repeatable. */
export function comeBack(context: BranchContext, person: Person, kind: RelationKind, object: string): void {
	const actor = context.at.person(person.id);
	context.store.transact((writing) => {
		const known = findRelation(writing, actor, kind, object);
		if (!known) return;
		removeRelation(writing, known.id);
		const remote = known.activity === null ? undefined : remoteByUri(writing, object);
		if (!remote || known.activity === null) return;
		const { origin, inbox } = remote;
		const errand = {
			what: 'unblock',
			activity: known.activity,
			actor: object,
			sender: String(person.id),
		} as const;
		sendAbout(context, writing, errand, { origin, inbox });
	});
}

/** Whom somebody keeps away from now. */
export function keptAway(context: BranchContext, person: Person): Relation[] {
	const now = context.clock.now();
	return context.store.read((reading) => relationsBy(reading, context.at.person(person.id), now));
}

/** Ends what two had to do with each other, on both sides; a server is told by the Block alone. */
export function part(context: BranchContext, writing: Writing, person: Person, object: string): void {
	const actor = context.at.person(person.id);
	const mine = findFollow(writing, actor, object) ?? findAside(writing, actor, object);
	const remote = remoteByUri(writing, object);
	if (mine && remote) {
		const { activity } = mine;
		const errand = { what: 'unfollow', activity, actor: object, sender: String(person.id) } as const;
		sendAbout(context, writing, errand, { origin: remote.origin, inbox: remote.inbox });
	}
	endBetween(writing, actor, object);
}

/** Ends every follow and request between two, also one that is set aside with a server. */
export function endBetween(writing: Writing, one: string, another: string): void {
	for (const [follower, followed] of [
		[one, another],
		[another, one],
	] as const) {
		removeFollow(writing, follower, followed);
		dropAside(writing, follower, followed);
	}
}

function other(context: BranchContext, person: Person, somebody: Somebody): string {
	if (somebody.kind === 'here' && somebody.person.kind === 'branch') {
		throw new NotAllowed('What the branch itself says has to reach everybody here.', 'official');
	}
	const object = actorOf(context, somebody);
	if (object === context.at.person(person.id)) throw new NotFound('That is you.');
	return object;
}

function keep(
	context: BranchContext,
	writing: Writing,
	relation: Pick<Relation, 'actor' | 'kind' | 'object'> & Partial<Pick<Relation, 'until' | 'activity'>>,
): void {
	const created = context.clock.now();
	keepRelation(writing, { until: null, activity: null, ...relation, id: context.ids.next(), created });
}
