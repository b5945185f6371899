import type { IncomingPost } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import { eventOf, keepEvent, type Told } from '../store/events.ts';
import type { Writing } from '../store/store.ts';
import { remoteLine } from './markup.ts';

const HOUR = 60 * 60_000;
/** How its server is told that somebody comes; not at all where they say so on a page, or are invited. */
const TOLD: Readonly<Record<string, Told | null>> = { free: 'join', asked: 'join', unsaid: 'accept' };

/** Keeps when and where an event of another server is, and how one comes to it, so that it stands among ours. */
export function keepForeignEvent(
	context: Pick<BranchContext, 'current' | 'clock'>,
	writing: Writing,
	post: number,
	event: NonNullable<IncomingPost['event']>,
): void {
	const ends = event.ends !== null && event.ends >= event.starts ? event.ends : event.starts + HOUR;
	const { joining, outside, cancelled } = event;
	const known = eventOf(writing, post);
	keepEvent(writing, {
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
	});
}
