import { dateIn, weekMinuteIn } from '@understory/core/calendar.ts';
import { Conflict, NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../context.ts';
import { type Event, eventOf, keepEvent } from '../store/events.ts';
import { personById } from '../store/people.ts';
import { changePost, type Post, postById } from '../store/posts.ts';
import { revise } from './editing.ts';
import { tellGuests } from './event-news.ts';
import { checkOrganizer, type EventForm, type Organizer, readEventForm } from './events.ts';
import { cleanLine } from './plain-text.ts';

/**
 * Changes when, where and how an event is, with its words, here and wherever it went; those who come are told of another time or place. For whom it
 * is stays what it was. Saying the same again changes nothing. Throws NotAllowed for anybody but its organizer, Conflict `event_over` or
 * `event_cancelled`, and BadInput as `announce` does.
 */
export async function changeEvent(
	context: BranchContext,
	by: Organizer,
	id: number,
	form: EventForm,
	language: string,
): Promise<Post> {
	const { event, post } = changeable(context, by, id);
	const fields = readEventForm(context, form, event);
	const title = cleanLine(form.title);
	const author = context.store.read((reading) => personById(reading, post.person!));
	if (!author) throw new NotFound();
	const words = { text: form.text, summary: post.summary ?? '', sensitive: post.sensitive, language };
	return revise(context, author, id, words, (writing) => {
		const before = eventOf(writing, id);
		if (!before || before.cancelled !== null)
			throw new Conflict('This event was called off.', 'event_cancelled');
		const after: Event = { ...before, ...fields, post: id };
		const same = (Object.keys(after) as (keyof Event)[]).every((key) => before[key] === after[key]);
		if (same && post.title === title) return false;
		keepEvent(writing, after);
		changePost(writing, id, { title });
		tellGuests(context, writing, context.at.person(author.id), before, after);
		return true;
	});
}

/** What the form shows of an event that is to be changed, in the library's own time. Throws as `changeEvent`. */
export function formOfEvent(context: BranchContext, by: Organizer, id: number): EventForm {
	const { event, post } = changeable(context, by, id);
	const time = (at: number) => {
		const { minute } = weekMinuteIn(event.zone, at);
		return `${String(Math.floor(minute / 60)).padStart(2, '0')}:${String(minute % 60).padStart(2, '0')}`;
	};
	return {
		title: post.title ?? '',
		text: post.source ?? '',
		scope: post.scope,
		day: dateIn(event.zone, event.starts),
		from: time(event.starts),
		to: time(event.ends),
		place: event.place,
		address: event.address,
		access: event.access,
		online: event.online ?? '',
		capacity: event.capacity === null ? '' : String(event.capacity),
		joining: event.joining,
	};
}

function changeable(
	context: BranchContext,
	by: Organizer,
	id: number,
): { readonly event: Event; readonly post: Post } {
	const { event, post } = context.store.read((reading) => ({
		event: eventOf(reading, id),
		post: postById(reading, id),
	}));
	if (!event || !post || post.deleted !== null || post.hidden !== null) throw new NotFound();
	checkOrganizer(context, by, id);
	if (event.cancelled !== null) throw new Conflict('This event was called off.', 'event_cancelled');
	if (event.ends < context.clock.now()) throw new Conflict('This event is over.', 'event_over');
	return { event, post };
}
