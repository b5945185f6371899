import type { IncomingPost } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import { keepEvent } from '../store/events.ts';
import type { Writing } from '../store/store.ts';
import { remoteLine } from './markup.ts';

const HOUR = 60 * 60_000;

/** Keeps when and where an event of another server is, so that it stands among ours. People say there, not here, that they come. */
export function keepForeignEvent(
	context: Pick<BranchContext, 'current'>,
	writing: Writing,
	post: number,
	event: NonNullable<IncomingPost['event']>,
): void {
	const ends = event.ends !== null && event.ends >= event.starts ? event.ends : event.starts + HOUR;
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
		joining: 'open',
		cancelled: null,
	});
}
