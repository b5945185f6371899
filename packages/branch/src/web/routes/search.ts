import { parseId } from '@understory/core/ids.ts';
import { mayRead, readerFor } from '../../services/readers.ts';
import { peopleLike } from '../../store/people.ts';
import { type Post, postById } from '../../store/posts.ts';
import { findWords } from '../../store/search.ts';
import { localAuthor } from '../author-view.ts';
import { doorView } from '../door.ts';
import { show } from '../frame.ts';
import { postViews } from '../post-view.ts';
import { asked, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Searching what one may read, and whom one may know. */
export const SEARCH_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/search', need: 'person', run: search },
];

const PAGE = 20;
/** Rows looked at for a page at a time, and how often: what one may not read must not make a search endless. */
const CHUNK = 30;
const CHUNKS = 30;
const LONGEST = 200;

function search(web: Web, visit: Visit): void {
	const text = asked(visit, 'q').slice(0, LONGEST).trim();
	const before = parseId(asked(visit, 'before'));
	const found = text === '' ? { posts: [], last: null } : find(web, visit, text, before);
	const path = `/search?q=${encodeURIComponent(text)}`;
	show(
		web,
		visit,
		'search',
		{ title: web.views.design.t(visit.language, 'boards.search.title'), sign: 'board', path },
		{
			text,
			people: text === '' || before ? [] : peopleFor(web, visit, text),
			posts: postViews(web, visit, found.posts),
			older: found.last === null ? null : `${path}&before=${found.last}`,
			door: doorView(web, visit),
		},
	);
}

function find(
	web: Web,
	visit: Visit,
	text: string,
	before: number | null,
): { readonly posts: Post[]; readonly last: number | null } {
	const reader = readerFor(web.context, visit.person);
	const posts: Post[] = [];
	let from = before;
	for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
		const [ids, rows] = web.context.store.read((reading) => {
			const found = findWords(reading, text, CHUNK, from);
			return [found, found.flatMap((id) => postById(reading, id) ?? [])];
		});
		for (const post of rows) {
			if (!mayRead(web.context, post, reader)) continue;
			if (posts.length === PAGE) return { posts, last: posts.at(-1)!.id };
			posts.push(post);
		}
		if (ids.length < CHUNK) return { posts, last: null };
		from = ids.at(-1)!;
	}
	return { posts, last: posts.length > 0 ? from : null };
}

function peopleFor(web: Web, visit: Visit, text: string) {
	const me = personOf(visit);
	const reader = readerFor(web.context, me);
	const beginning = text.replace(/^@/, '').slice(0, 50);
	return web.context.store
		.read((reading) => peopleLike(reading, beginning, 10))
		.filter(({ id }) => !('isApartFrom' in reader && reader.isApartFrom({ person: id, remote: null })))
		.map(({ id, handle }) => ({ ...localAuthor(web, id), handle }));
}
