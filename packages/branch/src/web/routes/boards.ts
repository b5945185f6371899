import { NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import type { Scope } from '@understory/core/scope.ts';
import { keptAway } from '../../services/keeping-away.ts';
import { authorsIn } from '../../services/listing.ts';
import { mayRead, type OwnReader, readerFor } from '../../services/readers.ts';
import { followsOf } from '../../store/follows.ts';
import { limitedPeople } from '../../store/limitations.ts';
import { exclusiveMembers } from '../../store/lists.ts';
import type { Person } from '../../store/people.ts';
import { listPosts, type Post, type PostQuery } from '../../store/posts.ts';
import { type RemoteRow, remoteById } from '../../store/remote-actors.ts';
import { composerChoices, typedFields } from '../composer.ts';
import { doorView } from '../door.ts';
import { NO_FAULTS } from '../faults.ts';
import { say, show } from '../frame.ts';
import { type PostView, postViews } from '../post-view.ts';
import { spaceChoices, spaceLinks } from '../space-view.ts';
import type { Unsent } from '../thread.ts';
import { asked, part, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What people wrote, by day; it ends. */
export const BOARD_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/home', need: 'person', run: (web, visit) => showBoard(web, visit, 'all') },
	{ method: 'get', path: '/board/:board', need: 'person', run: board },
];

/** The boards, each with the scopes it shows. */
const BOARDS = {
	// What is between named people stands on a page of its own.
	all: ['branch', 'neighborhood', 'public', 'followers'],
	followed: ['branch', 'neighborhood', 'public', 'followers'],
	branch: ['branch'],
	neighborhood: ['neighborhood'],
	everyone: ['public'],
} as const satisfies Record<string, readonly Scope[]>;
type Board = keyof typeof BOARDS;

/** How many posts a page shows, how many rows are looked at for it at a time, and how often. */
const PAGE = 20;
export const CHUNK = 60;
const CHUNKS = 5;

function board(web: Web, visit: Visit): void {
	const name = part(visit, 'board');
	if (name === 'all' || !(name in BOARDS)) throw new NotFound();
	showBoard(web, visit, name as Board);
}

/** Shows a board with its composer; after a fault with what was typed. */
export function showBoard(web: Web, visit: Visit, name: Board, draft: Unsent | null = null): void {
	const person = personOf(visit);
	const before = parseId(asked(visit, 'before'));
	const whose = name === 'followed' ? followedBy(web, person) : {};
	// The main board is what stands in no space; whom somebody follows, they follow everywhere.
	const place = name === 'all' || name === 'branch' ? { space: null } : {};
	const query = { scopes: BOARDS[name], ...whose, ...place, limit: CHUNK, ...(before ? { before } : {}) };
	const found = readable(web, visit, query, unwanted(web, person, name === 'all' || name === 'followed'));
	const path = name === 'all' ? '/home' : `/board/${name}`;
	show(
		web,
		visit,
		'board',
		{
			title: say(web, visit, `board.title.${name}`),
			sign: 'board',
			status: draft?.status ?? 200,
			...(draft ? {} : { path }),
		},
		{
			heading: say(web, visit, `board.title.${name}`),
			boards: Object.keys(BOARDS).map((one) => ({
				href: one === 'all' ? '/home' : `/board/${one}`,
				label: boardLabel(web, visit, one),
				current: one === name,
			})),
			spaces: spaceLinks(web, visit),
			compose: {
				...typedFields(web, visit, draft?.typed ?? null),
				spaces: spaceChoices(web, visit, draft?.typed.space ?? ''),
				...composerChoices(web, visit, draft?.scope ?? person.default_scope),
			},
			faults: draft?.faults ?? NO_FAULTS,
			days: byDay(web, postViews(web, visit, found.posts)),
			empty: found.posts.length === 0,
			older: found.more ? `${path}?before=${found.posts.at(-1)!.id}` : null,
			oldest: found.posts.at(-1)?.created ?? null,
			door: doorView(web, visit),
		},
	);
}

function boardLabel(web: Web, visit: Visit, name: string): string {
	const { design } = web.views;
	if (name === 'all') return say(web, visit, 'board.all');
	if (name === 'followed') return say(web, visit, 'board.followed');
	const scope = name === 'everyone' ? 'public' : name;
	return design.t(visit.language, `common.scope.${scope}`, { branch: web.context.current.branch().name });
}

/** The newest posts this visitor may read, every row asked of `mayReceive` (DESIGN 4.6). */
export function readable(
	web: Web,
	visit: Visit,
	query: PostQuery,
	skip: (post: Post) => boolean = () => false,
): { posts: Post[]; more: boolean } {
	const reader = readerFor(web.context, visit.person);
	const posts: Post[] = [];
	let before = query.before;
	for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
		const rows = web.context.store.read((reading) =>
			listPosts(reading, { ...query, ...(before === undefined ? {} : { before }) }),
		);
		for (const post of rows) {
			if (!mayRead(web.context, post, reader) || skip(post)) continue;
			if (posts.length === PAGE) return { posts, more: true };
			posts.push(post);
		}
		if (rows.length < query.limit) return { posts, more: false };
		before = rows.at(-1)!.id;
	}
	return { posts, more: posts.length > 0 };
}

/** The people somebody follows, and themselves; what these passed along comes too. */
function followedBy(web: Web, person: Person): Pick<PostQuery, 'authors' | 'sharedBy'> {
	const me = web.context.at.person(person.id);
	return web.context.store.read((reading) => {
		const follows = followsOf(reading, me).filter(({ state }) => state === 'accepted');
		const actors = follows.map(({ followed }) => followed);
		return { authors: authorsIn(web.context, reading, [me, ...actors]), sharedBy: actors };
	});
}

/**
 * What somebody does not want on their boards: posts of people they muted and of servers they hide, and on the `home` ones of those who
 * are on an exclusive list of theirs.
 */
export function unwanted(web: Web, person: Person, home: boolean): (post: Post) => boolean {
	const listed = web.context.store.read((reading) => (home ? exclusiveMembers(reading, person.id) : []));
	const away = [
		...keptAway(web.context, person),
		...listed.map((object) => ({ kind: 'mute' as const, object })),
	];
	const limited = web.context.store.read((reading) => limitedPeople(reading, web.context.clock.now()));
	const { restrictions } = web.context;
	const { follows } = readerFor(web.context, person) as OwnReader;
	const known = new Map<number, RemoteRow | undefined>();
	const remote = (id: number) => {
		if (!known.has(id)) {
			const row = web.context.store.read((reading) => remoteById(reading, id));
			known.set(id, row);
		}
		return known.get(id);
	};
	return (post) => {
		const from = post.remote === null ? undefined : remote(post.remote);
		const actor = post.person === null ? from?.uri : web.context.at.person(post.person);
		if (from && restrictions.stops(from.origin, 'strangers') && !follows(from.uri)) return true;
		// Whoever is limited is on the boards of those who follow them.
		if (limited.has(post.person ?? 0) && post.person !== person.id && !follows(actor!)) return true;
		return away.some(({ kind, object }) => object === (kind === 'hide' ? from?.origin : actor));
	};
}

/** Posts of a page, with the days they were written on. */
export function byDay(web: Web, posts: readonly PostView[]): { at: number; posts: PostView[] }[] {
	const { zone } = web.context.current.library();
	const dayOf = web.views.formats('en-CA', { timeZone: zone });
	const days = new Map<string, { at: number; posts: PostView[] }>();
	for (const post of posts) {
		const day = dayOf.format(post.at);
		const group = days.get(day) ?? { at: post.at, posts: [] };
		group.posts.push(post);
		days.set(day, group);
	}
	return [...days.values()];
}
