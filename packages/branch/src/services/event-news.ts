import type { BranchContext } from '../context.ts';
import { attendanceAt } from '../store/attendance.ts';
import type { Event } from '../store/events.ts';
import { personById } from '../store/people.ts';
import { postById } from '../store/posts.ts';
import type { Writing } from '../store/store.ts';
import { notice } from './noticing.ts';
import { mayRead, readerFor } from './readers.ts';

/** What of an event people plan by. */
const PLANNED = ['starts', 'ends', 'place', 'address', 'online'] as const;

/**
 * Tells those of this branch who come, or asked to, that an event is at another time or place now, or called off. Other changes are there to be read.
 * `organizer` is an actor id; they know.
 */
export function tellGuests(
	context: BranchContext,
	writing: Writing,
	organizer: string,
	before: Event,
	after: Event,
): void {
	const off = before.cancelled === null && after.cancelled !== null;
	const moved = PLANNED.some((part) => before[part] !== after[part]);
	const post = postById(writing, after.post);
	if (!post || !(off || (moved && after.cancelled === null))) return;
	for (const { actor, state } of attendanceAt(writing, after.post)) {
		const id = actor === organizer || state === 'refused' ? null : context.at.personIn(actor);
		const person = id === null ? undefined : personById(writing, id);
		if (!person || !mayRead(context, post, readerFor(context, person))) continue;
		const kind = off ? 'event_off' : 'event_moved';
		notice(context, writing, { person: person.id, kind, post: post.id, actor: organizer });
	}
}
