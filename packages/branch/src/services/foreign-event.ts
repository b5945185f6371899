import type { IncomingPost } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import { type Event, eventOf, keepEvent, type Told } from '../store/events.ts';
import { postById } from '../store/posts.ts';
import { remoteById } from '../store/remote-actors.ts';
import type { Writing } from '../store/store.ts';
import { tellGuests } from './event-news.ts';
import { remoteLine } from './markup.ts';

const HOUR = 60 * 60_000;
/** How its server is told that somebody comes; not at all where they say so on a page, or are invited. */
const TOLD: Readonly<Record<string, Told | null>> = { free: 'join', asked: 'join', unsaid: 'accept' };

/** Keeps when and where an event of another server is, and how one comes to it, so that it stands among ours. */
export function keepForeignEvent(
	context: BranchContext,
	writing: Writing,
	post: number,
	event: NonNullable<IncomingPost['event']>,
): void {
	const ends = event.ends !== null && event.ends >= event.starts ? event.ends : event.starts + HOUR;
	const { joining, outside, cancelled } = event;
	const known = eventOf(writing, post);
	const kept: Event = {
		post,
		starts: event.starts,
		ends,
		zone: context.current.library().zone,
		place: remoteLine(event.place ?? '', 200),
		address: '',
		access: '',
		online: null,
		capacity: null,
		joining: joining === 'elsewhere' ? 'open' : (joining ?? 'free'),
		cancelled: cancelled ? (known?.cancelled ?? context.clock.now()) : null,
		told: TOLD[joining ?? 'unsaid'] ?? null,
		outside,
	};
	keepEvent(writing, kept);
	const organizer = postById(writing, post)?.remote;
	const by = organizer == null ? undefined : remoteById(writing, organizer);
	if (known && by) tellGuests(context, writing, by.uri, known, kept);
}
