import { Conflict, NotAllowed } from '@understory/core/errors.ts';
import { originOf } from '@understory/core/scope.ts';
import type { Incoming } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import {
	attendanceByActivity,
	attendanceOf,
	changeAttendance,
	keepAttendance,
	removeAttendance,
} from '../store/attendance.ts';
import { type Event, eventOf } from '../store/events.ts';
import type { Person } from '../store/people.ts';
import { type Post, postById } from '../store/posts.ts';
import { type RemoteRow, remoteById } from '../store/remote-actors.ts';
import type { Writing } from '../store/store.ts';
import { exchangesWith } from './exchanging.ts';
import { notice } from './noticing.ts';
import { sendComing } from './outbox.ts';

/** An event of another server. */
interface Elsewhere {
	readonly event: Event;
	readonly post: Post;
}

/** May people here say here that they come to this event of another server? */
export function mayComeElsewhere(context: BranchContext, { event, post }: Elsewhere): boolean {
	return event.told != null && exchangesWith(context, originOf(post.uri));
}

/**
 * Says to another server that somebody here comes to its event. By a Join they come when that server says yes; an Accept of the event is
 * answered by nobody, so with it they come at once. Repeatable. Throws Conflict `event_invited` or `event_elsewhere` where it is said otherwise,
 * NotAllowed `not_related` for a server this branch does not exchange posts with.
 */
export function comeElsewhere(
	context: BranchContext,
	writing: Writing,
	person: Person,
	{ event, post }: Elsewhere,
): void {
	if (event.joining === 'invite') throw new Conflict('To this event people are invited.', 'event_invited');
	const organizer = organizerOf(writing, post);
	if (!event.told || !organizer) {
		throw new Conflict('For this event people say so on its own page.', 'event_elsewhere');
	}
	if (!mayComeElsewhere(context, { event, post })) {
		throw new NotAllowed('This branch does not exchange posts with that server.', 'not_related');
	}
	const actor = context.at.person(person.id);
	if (attendanceOf(writing, post.id, actor)) return;
	const id = context.ids.next();
	const byJoin = event.told === 'join';
	const activity = `${actor}#${byJoin ? 'joins' : 'accepts'}/${id}`;
	const created = context.clock.now();
	const state = byJoin ? 'asked' : 'coming';
	keepAttendance(writing, { id, post: post.id, actor, state, created, activity });
	const errand = { post: post.id, activity, sender: String(person.id) };
	sendComing(context, writing, { ...errand, what: byJoin ? 'join' : 'attend' }, organizer);
}

/** They do not come after all; whoever was told hears so. Repeatable. */
export function stayAwayElsewhere(
	context: BranchContext,
	writing: Writing,
	person: Person,
	{ post }: Pick<Elsewhere, 'post'>,
): void {
	const actor = context.at.person(person.id);
	const known = attendanceOf(writing, post.id, actor);
	removeAttendance(writing, post.id, actor);
	const organizer = organizerOf(writing, post);
	if (!known || known.state === 'refused' || known.activity === null || !organizer) return;
	const what = known.activity.includes('#joins/') ? 'leave' : 'unattend';
	const errand = { what, post: post.id, activity: known.activity, sender: String(person.id) } as const;
	sendComing(context, writing, errand, organizer);
}

/**
 * Another server answers somebody here who wants to come to an event of it: yes, no, or no after a yes. Anybody of the server that has the event
 * may say so: an event of a group is answered by whoever organizes it. Whether it was an answer to that.
 */
export function receiveJoinAnswer(
	context: BranchContext,
	incoming: Extract<Incoming, { type: 'accept' | 'reject' }>,
): boolean {
	return context.store.transact((writing) => {
		const known = attendanceByActivity(writing, incoming.asked);
		const person = known && context.at.personIn(known.actor);
		if (!known || person == null) return false;
		const post = postById(writing, known.post);
		const event = eventOf(writing, known.post);
		const state = incoming.type === 'accept' ? 'coming' : 'refused';
		const theirs = post?.remote != null && originOf(incoming.actor) === originOf(post.uri);
		if (!theirs || !event || known.state === state) return true;
		changeAttendance(writing, known.id, state);
		// Where whoever says so comes, a yes is no news.
		if (state === 'coming' && event.joining !== 'asked') return true;
		const kind = state === 'coming' ? 'welcomed' : 'declined';
		const actor = organizerOf(writing, post)?.uri ?? incoming.actor;
		notice(context, writing, { person, kind, post: post.id, actor });
		return true;
	});
}

function organizerOf(writing: Writing, post: Post): RemoteRow | undefined {
	return post.remote === null ? undefined : remoteById(writing, post.remote);
}
