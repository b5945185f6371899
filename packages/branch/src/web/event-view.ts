import { mayComeElsewhere } from '../services/coming-elsewhere.ts';
import { isOrganizer } from '../services/events.ts';
import { somebodyBy } from '../services/following.ts';
import { attendanceAt, attendanceOf, type Coming, countComing } from '../store/attendance.ts';
import { type Event, eventOf } from '../store/events.ts';
import type { Post } from '../store/posts.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** A day as a calendar leaf has it; the whole date stands beside it in words. */
export interface LeafView {
	readonly month: string;
	readonly day: string;
}

/** The day of a moment, in the library's zone and the visitor's language. */
export function leafOf(web: Web, visit: Visit, at: number): LeafView {
	const timeZone = web.context.current.library().zone;
	const part = (options: Intl.DateTimeFormatOptions) =>
		web.views.formats(visit.language, { ...options, timeZone }).format(at);
	return { month: part({ month: 'short' }), day: part({ day: 'numeric' }) };
}

/** When, where and who comes, as the partial draws it. */
export interface EventView {
	readonly title: string;
	/** The day it begins, as a leaf of a calendar. */
	readonly leaf: LeafView;
	readonly starts: number;
	readonly ends: number;
	readonly place: string;
	readonly address: string;
	readonly access: string;
	readonly online: string | null;
	readonly cancelled: boolean;
	/** Places left, or null when there is no limit. */
	readonly left: number | null;
	/** What this visitor said. */
	readonly mine: Coming | null;
	readonly mayCome: boolean;
	/** For an event of another server: its host, how one comes there when not from here, and who learns of it. */
	readonly elsewhere: ElsewhereView | null;
	readonly asks: boolean;
	readonly calendar: string;
	readonly attend: string;
	readonly stayAway: string;
	/** For its organizer alone: who comes, and who asks. */
	readonly list: OrganizerView | null;
}

interface ElsewhereView {
	readonly host: string;
	/** The page where people say so instead. */
	readonly page: string | null;
	readonly invited: boolean;
	/** Said and not answered yet, where nobody has to allow it. */
	readonly unanswered: boolean;
}

interface OrganizerView {
	readonly coming: readonly string[];
	readonly asking: readonly { readonly name: string; readonly actor: string }[];
	readonly answer: string;
	readonly callOff: string;
	readonly edit: string;
}

/** Null for what is no event. The caller has made sure that this visitor may read the post. */
export function eventView(web: Web, visit: Visit, post: Post): EventView | null {
	const { context } = web;
	if (post.kind !== 'Event') return null;
	const event = context.store.read((reading) => eventOf(reading, post.id));
	if (!event) return null;
	const { person } = visit;
	const mine = person
		? context.store.read((reading) => attendanceOf(reading, post.id, context.at.person(person.id)))
		: undefined;
	const coming = context.store.read((reading) => countComing(reading, post.id));
	const over = event.cancelled !== null || event.ends < context.clock.now();
	return {
		title: post.title ?? '',
		leaf: leafOf(web, visit, event.starts),
		starts: event.starts,
		ends: event.ends,
		place: event.place,
		address: event.address,
		access: event.access,
		online: event.online,
		cancelled: event.cancelled !== null,
		left: event.capacity === null ? null : Math.max(0, event.capacity - coming),
		mine: mine?.state ?? null,
		mayCome:
			person?.standing === 'full' &&
			!over &&
			(post.remote === null ? event.joining !== 'open' : mayComeElsewhere(context, { event, post })),
		elsewhere: post.remote === null ? null : elsewhereView(web, post, event, mine?.state ?? null),
		asks: event.joining === 'asked' && (post.person === null || post.person !== person?.id),
		calendar: `/events/${post.id}.ics`,
		attend: `/events/${post.id}/attend`,
		stayAway: `/events/${post.id}/stay-away`,
		list: organizerView(web, visit, post, event),
	};
}

function elsewhereView(web: Web, post: Post, event: Event, mine: Coming | null): ElsewhereView {
	const original = post.url ?? post.uri;
	const here = mayComeElsewhere(web.context, { event, post });
	return {
		host: new URL(post.uri).host,
		page: here || event.joining === 'invite' ? null : (event.outside ?? original),
		invited: event.joining === 'invite',
		unanswered: mine === 'asked' && event.joining !== 'asked',
	};
}

function organizerView(web: Web, visit: Visit, post: Post, event: Event): OrganizerView | null {
	const { context } = web;
	if (event.cancelled !== null || !isOrganizer(context, visit, post)) return null;
	const everybody = context.store.read((reading) => attendanceAt(reading, post.id));
	const named = everybody.map(({ actor, state }) => {
		const who = somebodyBy(context, actor);
		const name = who === null ? actor : who.kind === 'here' ? who.person.name : who.remote.name;
		return { name, actor, state };
	});
	return {
		coming: named.filter(({ state }) => state === 'coming').map(({ name }) => name),
		asking: named.filter(({ state }) => state === 'asked'),
		answer: `/events/${post.id}/answer`,
		callOff: `/events/${post.id}/call-off`,
		edit: `/events/${post.id}/edit`,
	};
}
