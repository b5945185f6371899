import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/**
 * How people come: they say so (`free`), the organizer says yes (`asked`), nobody says anything here (`open`), or, elsewhere, only who is invited
 * (`invite`).
 */
export type Joining = 'free' | 'asked' | 'open' | 'invite';
/** How another server is told that somebody comes: by a Join, or by an Accept of the event. */
export type Told = 'join' | 'accept';

/** When and where; the words are those of its post. All moments are UTC milliseconds. */
export interface Event {
	/** Id of the post. */
	readonly post: number;
	readonly starts: number;
	/** Never before `starts`. */
	readonly ends: number;
	/** IANA zone its times were written in. */
	readonly zone: string;
	readonly place: string;
	readonly address: string;
	/** How one gets in: steps, lift, hearing loop, what it costs. */
	readonly access: string;
	/** Where to take part from afar. */
	readonly online: string | null;
	/** Most people that fit, or null. */
	readonly capacity: number | null;
	readonly joining: Joining;
	readonly cancelled: number | null;
	/** Set for an event of another server that people here can say to come to. */
	readonly told?: Told | null;
	/** The page of another server where people say that they come, instead of here. */
	readonly outside?: string | null;
}

/** The event of a post, or undefined. */
export function eventOf(reading: Reading, post: number): Event | undefined {
	return reading.first<Event>(sql('event').where({ post }));
}

/** Events that are not over at `from`, soonest first; deleted and hidden posts are left out. Who may read them is not decided here. */
export function eventsFrom(reading: Reading, from: number, limit: number): Event[] {
	const query = sql('event')
		.select('event.*')
		.join('post', 'post.id', 'event.post')
		.whereNull('post.deleted')
		.whereNull('post.hidden');
	return reading.all<Event>(
		query.where('event.ends', '>=', from).orderBy(['event.starts', 'event.post']).limit(limit),
	);
}

/** Keeps an event, new or changed. */
export function keepEvent(writing: Writing, event: Event): void {
	const { post: _post, ...changes } = event;
	writing.run(
		sql('event')
			.insert({ ...event })
			.onConflict('post')
			.merge(changes),
	);
}

/** The events somebody said to come to, or asked to, that are not over at `from`, soonest first. */
export function eventsOfGuest(reading: Reading, actor: string, from: number, limit: number): Event[] {
	const query = sql('event')
		.select('event.*')
		.join('attendance', 'attendance.post', 'event.post')
		.where('attendance.actor', actor)
		.whereIn('attendance.state', ['coming', 'asked']);
	return reading.all<Event>(
		query.where('event.ends', '>=', from).orderBy(['event.starts', 'event.post']).limit(limit),
	);
}
