import { momentIn } from '@understory/core/calendar.ts';
import { BadInput, Conflict, type Fault, NotAllowed, NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../context.ts';
import {
	attendanceOf,
	changeAttendance,
	countComing,
	keepAttendance,
	removeAttendance,
} from '../store/attendance.ts';
import { type Event, eventOf, eventsFrom, eventsOfGuest, keepEvent } from '../store/events.ts';
import { type Person, voice } from '../store/people.ts';
import { changePost, type Post, postById } from '../store/posts.ts';
import { comeElsewhere, stayAwayElsewhere } from './coming-elsewhere.ts';
import { checkMayWrite } from './drafting.ts';
import { tellGuests } from './event-news.ts';
import { notice } from './noticing.ts';
import { refreshPost, sendWelcome } from './outbox.ts';
import { cleanLine, lengthOf } from './plain-text.ts';
import { publish } from './posting.ts';
import { isWebAddress } from './read-published.ts';
import { mayRead, readerFor } from './readers.ts';
import { speak } from './voice.ts';

/** What somebody fills in. All of it as it came from the form. */
export interface EventForm {
	readonly title: string;
	readonly text: string;
	readonly scope: string;
	/** `YYYY-MM-DD`. */
	readonly day: string;
	/** `HH:MM`, in the library's zone. */
	readonly from: string;
	readonly to: string;
	readonly place: string;
	readonly address: string;
	readonly access: string;
	readonly online: string;
	readonly capacity: string;
	/** `free`, `asked` or `open`. */
	readonly joining: string;
}

const DAY = 86_400_000;
/** An event further ahead than two years is a slip of the pen. */
const AHEAD = 2 * 366 * DAY;
const LONGEST_LINE = 200;

/**
 * Announces an event: a post with a time and a place, in the scope that was chosen. `staffId` when a host does it for the branch.
 * Throws BadInput with fault codes for each field, and what `publish` and `speak` throw.
 */
export async function announce(
	context: BranchContext,
	by: { readonly person: Person } | { readonly staffId: string },
	form: EventForm,
	language: string,
): Promise<Post> {
	const event = readEventForm(context, form);
	const draft = {
		text: form.text,
		scope: form.scope,
		language,
		replyTo: null,
		event: { title: cleanLine(form.title) },
	};
	const also = (writing: Parameters<typeof keepEvent>[0], post: Post) =>
		keepEvent(writing, { ...event, post: post.id });
	return 'person' in by ? publish(context, by.person, draft, also) : speak(context, by.staffId, draft, also);
}

/** The events somebody said to come to, or asked to, that are not over and that they may still read, soonest first. */
export function goingTo(
	context: BranchContext,
	person: Person,
	limit: number,
): { readonly event: Event; readonly post: Post }[] {
	const reader = readerFor(context, person);
	return context.store.read((reading) =>
		eventsOfGuest(reading, context.at.person(person.id), context.clock.now(), limit).flatMap((event) => {
			const post = postById(reading, event.post);
			return post && mayRead(context, post, reader) ? [{ event, post }] : [];
		}),
	);
}

/** Events this person may read that are not over, soonest first; without a person those for everyone. */
export function comingUp(
	context: BranchContext,
	person: Person | null,
	limit: number,
): { readonly event: Event; readonly post: Post }[] {
	const reader = readerFor(context, person);
	return context.store
		.read((reading) =>
			eventsFrom(reading, context.clock.now(), 500).flatMap((event) => {
				const post = postById(reading, event.post);
				// To nobody in particular we show what people here announced, not what is from elsewhere.
				const ours = person !== null || post?.person !== null;
				return post && ours && mayRead(context, post, reader) ? [{ event, post }] : [];
			}),
		)
		.slice(0, limit);
}

/**
 * Says that a person comes. With `asked` the organizer answers; when it is full nobody new is taken. Repeatable. Throws NotFound for what is
 * not theirs to read, Conflict `event_over`, `event_cancelled` or `event_full`, and for an event of another server what `comeElsewhere` throws.
 */
export function attend(context: BranchContext, person: Person, id: number): void {
	checkMayWrite(context, person);
	context.store.transact((writing) => {
		const { event, post } = readable(context, person, id);
		const now = context.clock.now();
		if (event.cancelled !== null) throw new Conflict('This event was called off.', 'event_cancelled');
		if (event.ends < now) throw new Conflict('This event is over.', 'event_over');
		if (post.remote !== null) {
			comeElsewhere(context, writing, person, { event, post });
			return;
		}
		if (event.joining === 'open') return;
		const actor = context.at.person(person.id);
		if (attendanceOf(writing, id, actor)) return;
		// Counted in the transaction that adds: two who come at once do not share the last chair.
		if (event.capacity !== null && countComing(writing, id) >= event.capacity) {
			throw new Conflict('There is no place left.', 'event_full');
		}
		const state = event.joining === 'asked' && post.person !== person.id ? 'asked' : 'coming';
		const shared = { id: context.ids.next(), post: id, actor, created: now, activity: null };
		keepAttendance(writing, { ...shared, state });
	});
}

/** They do not come after all. Repeatable. */
export function stayAway(context: BranchContext, person: Person, id: number): void {
	context.store.transact((writing) => {
		const { post } = readable(context, person, id);
		if (post.remote !== null) stayAwayElsewhere(context, writing, person, { post });
		else removeAttendance(writing, id, context.at.person(person.id));
	});
}

/** The organizer's answer to somebody who asked. Throws NotAllowed for anybody else, Conflict `event_full`. */
export function answerAsking(
	context: BranchContext,
	by: Organizer,
	id: number,
	actor: string,
	yes: boolean,
): void {
	context.store.transact((writing) => {
		const event = eventOf(writing, id);
		const asking = attendanceOf(writing, id, actor);
		if (!event || !asking) throw new NotFound();
		checkOrganizer(context, by, id);
		if (
			yes &&
			asking.state !== 'coming' &&
			event.capacity !== null &&
			countComing(writing, id) >= event.capacity
		) {
			throw new Conflict('There is no place left.', 'event_full');
		}
		changeAttendance(writing, asking.id, yes ? 'coming' : 'refused');
		const post = postById(writing, id);
		if (!post) return;
		if (asking.activity !== null) {
			sendWelcome(context, writing, { yes, post, activity: asking.activity, actor });
		}
		const person = context.at.personIn(actor);
		if (person === null || post.person === null) return;
		const organizer = context.at.person(post.person);
		notice(context, writing, { person, kind: yes ? 'welcomed' : 'declined', post: id, actor: organizer });
	});
}

/** Calls an event off; it stays readable and says so. Repeatable. Throws NotAllowed for anybody but its organizer. */
export function callOff(context: BranchContext, by: Organizer, id: number): void {
	context.store.transact((writing) => {
		const event = eventOf(writing, id);
		if (!event) throw new NotFound();
		checkOrganizer(context, by, id);
		if (event.cancelled !== null) return;
		const now = context.clock.now();
		const off = { ...event, cancelled: now };
		keepEvent(writing, off);
		changePost(writing, id, { edited: now });
		const post = postById(writing, id)!;
		refreshPost(context, writing, post);
		tellGuests(context, writing, context.at.person(post.person ?? 0), event, off);
	});
}

/** Who acts: somebody with an account, with a staff hat, or with both. */
export interface Organizer {
	readonly person: Person | null;
	readonly staffId: string | null;
}

/** Is this the person who announced it, or a host when the branch did? */
export function isOrganizer(context: BranchContext, by: Organizer, post: Post): boolean {
	if (post.person === null) return false;
	if (by.person?.id === post.person) return true;
	const spoken = context.store.read((reading) => voice(reading))?.id === post.person;
	return spoken && context.current.mayDecide(by.staffId);
}

/** Throws NotAllowed for anybody else. */
export function checkOrganizer(context: BranchContext, by: Organizer, id: number): void {
	const post = context.store.read((reading) => postById(reading, id));
	if (!post || !isOrganizer(context, by, post)) {
		throw new NotAllowed('Only whoever announced an event can change it.', 'not_organizer');
	}
}

function readable(context: BranchContext, person: Person, id: number): { event: Event; post: Post } {
	const found = context.store.read((reading) => ({
		event: eventOf(reading, id),
		post: postById(reading, id),
	}));
	const { event, post } = found;
	if (!event || !post || !mayRead(context, post, readerFor(context, person))) throw new NotFound();
	return { event, post };
}

/**
 * When, where and how, from a form. `before` is the event that is changed: its beginning may be past by now, as long as it stays. Throws BadInput with a
 * fault for each field.
 */
export function readEventForm(
	context: BranchContext,
	form: EventForm,
	before: Event | null = null,
): Omit<Event, 'post'> {
	const { zone } = context.current.library();
	const faults: Fault[] = [];
	const bad = (field: string, text: string) => void faults.push({ field, text });
	const line = (field: 'title' | 'place' | 'address' | 'access') => {
		const text = cleanLine(form[field]);
		if (lengthOf(text) > LONGEST_LINE) bad(field, 'event_line_long');
		return text;
	};
	if (line('title') === '') bad('title', 'event_title');
	const place = line('place');
	if (place === '') bad('place', 'event_place');
	const starts = momentIn(zone, form.day, form.from);
	const until = momentIn(zone, form.day, form.to);
	if (starts === null) bad(/^\d{4}-\d\d-\d\d$/.test(form.day) ? 'from' : 'day', 'event_time');
	if (until === null && starts !== null) bad('to', 'event_time');
	// Past midnight it ends on the next day.
	const ends = until !== null && starts !== null && until <= starts ? until + DAY : until;
	const now = context.clock.now();
	const past = starts !== null && starts < now && starts !== before?.starts;
	if (starts !== null && (past || starts > now + AHEAD)) bad('day', 'event_when');
	const capacity = form.capacity.trim() === '' ? null : Number(form.capacity.trim());
	if (capacity !== null && !(Number.isInteger(capacity) && capacity > 0 && capacity <= 100_000)) {
		bad('capacity', 'event_capacity');
	}
	const online = form.online.trim() === '' ? null : form.online.trim();
	if (online !== null && !isWebAddress(online)) bad('online', 'event_online');
	if (faults.length > 0) throw new BadInput('Something about this event needs another look.', faults);
	return {
		starts: starts!,
		ends: ends!,
		zone,
		place,
		address: line('address'),
		access: line('access'),
		online,
		capacity,
		joining: form.joining === 'asked' || form.joining === 'open' ? form.joining : 'free',
		cancelled: null,
	};
}
