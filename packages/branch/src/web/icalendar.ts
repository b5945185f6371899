import type { Event } from '../store/events.ts';
import type { Post } from '../store/posts.ts';

/**
 * Events as iCalendar (RFC 5545). Escaping and the folding of lines are the library's; times are UTC, so that no zone has to be
 * described. Loaded when it is asked for.
 */
export async function icalendar(
	name: string,
	events: readonly { readonly event: Event; readonly post: Post }[],
	now: number,
): Promise<string> {
	const { default: ICAL } = await import('ical.js');
	const time = (at: number) => ICAL.Time.fromJSDate(new Date(at), true);
	const calendar = new ICAL.Component('vcalendar');
	calendar.updatePropertyWithValue('version', '2.0');
	calendar.updatePropertyWithValue('prodid', '-//Understory//EN');
	calendar.updatePropertyWithValue('x-wr-calname', name);
	for (const { event, post } of events) {
		const entry = new ICAL.Component('vevent');
		entry.updatePropertyWithValue('uid', post.uri);
		entry.updatePropertyWithValue('dtstamp', time(post.edited ?? Math.min(now, post.created)));
		entry.updatePropertyWithValue('dtstart', time(event.starts));
		entry.updatePropertyWithValue('dtend', time(event.ends));
		entry.updatePropertyWithValue('summary', post.title ?? '');
		entry.updatePropertyWithValue(
			'description',
			[post.source ?? '', event.access].filter(Boolean).join('\n\n'),
		);
		entry.updatePropertyWithValue('location', [event.place, event.address].filter(Boolean).join(', '));
		entry.updatePropertyWithValue('url', post.url ?? post.uri);
		entry.updatePropertyWithValue('status', event.cancelled === null ? 'CONFIRMED' : 'CANCELLED');
		calendar.addSubcomponent(entry);
	}
	return `${calendar.toString()}\r\n`;
}
