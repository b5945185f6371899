import type { BranchRecord } from '@understory/core/register.ts';
import { isLive } from '@understory/core/stage.ts';
import { comingUp } from '../../services/events.ts';
import { publicPosts } from '../../services/public-posts.ts';
import { entriesFrom } from '../../store/library-calendar.ts';
import { spineOf } from '../author-view.ts';
import { doorView } from '../door.ts';
import { leafOf } from '../event-view.ts';
import { say, show } from '../frame.ts';
import { postView, postViews } from '../post-view.ts';
import type { Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** The first page of a branch, for anybody. */
export const FRONT_ROUTES: readonly Route[] = [{ method: 'get', path: '/', need: 'nobody', run: front }];

const POSTS = 12;
const EVENTS = 5;

function front(web: Web, visit: Visit): void {
	const branch = web.context.current.branch();
	const live = isLive(branch.stage);
	show(
		web,
		visit,
		'front',
		{
			...{ title: say(web, visit, 'front.title'), sign: 'front', path: '/' },
			...(live ? { feeds: [{ href: '/feed.atom', type: 'application/atom+xml', title: branch.name }] } : {}),
		},
		{
			live,
			retired: branch.stage === 'retired',
			library: web.context.current.library().name,
			door: doorView(web, visit),
			address: branch.address,
			phone: branch.phone,
			posts: live ? postViews(web, visit, publicPosts(web.context, { limit: POSTS })) : [],
			events: live ? soon(web, visit) : [],
			doors: nextDoors(web),
			nearest: live ? null : nearestOpen(branch, web.context.current.branches()),
			signedIn: visit.claims !== null,
		},
	);
}

/** What happens next: what people here announced for everyone, and what stands in the library's own calendar. */
function soon(web: Web, visit: Visit) {
	const { context } = web;
	const announced = comingUp(context, null, EVENTS).map(({ event, post }) => ({
		title: post.title ?? '',
		href: postView(web, visit, post).href,
		starts: event.starts,
		allDay: false,
		outside: false,
		place: event.place,
		cancelled: event.cancelled !== null,
	}));
	const library = context.store
		.read((reading) => entriesFrom(reading, context.clock.now(), EVENTS))
		.map(({ url, ...entry }) => ({ ...entry, href: url, cancelled: false, outside: true }));
	return [...announced, ...library]
		.sort((a, b) => a.starts - b.starts)
		.slice(0, EVENTS)
		.map((one) => ({ ...one, leaf: leafOf(web, visit, one.starts) }));
}

function nextDoors(web: Web) {
	const members = web.context.book.rosters().flatMap((roster) => roster.members);
	const origins = new Set(members.map((member) => member.origin));
	if (!origins.has(web.context.origin)) return [];
	return [...origins]
		.map((origin) => ({ ...spineOf(web, origin), current: origin === web.context.origin }))
		.sort((a, b) => Number(b.current) - Number(a.current) || a.name.localeCompare(b.name));
}

/** An open branch near by: same city first, then the postcode that is closest as a number. Null when none is open. */
function nearestOpen(
	branch: BranchRecord,
	branches: readonly BranchRecord[],
): { readonly name: string; readonly href: string } | null {
	const far = (other: BranchRecord) => {
		const apart = Math.abs(
			Number.parseInt(other.address.postcode, 10) - Number.parseInt(branch.address.postcode, 10),
		);
		return (
			(other.address.city === branch.address.city ? 0 : 1_000_000) +
			(Number.isFinite(apart) ? apart : 999_999)
		);
	};
	const open = branches.filter((other) => other.stage === 'open' && other.id !== branch.id);
	const nearest = [...open].sort((a, b) => far(a) - far(b))[0];
	return nearest ? { name: nearest.name, href: `${nearest.origin}/` } : null;
}

/** Who could read what, from what is running and from the grants in force (DESIGN 4.12). */
