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
	const path = `/search?q=${encodeURIComponent(text)}`;
	const words = wordsFor(web, visit, text, before);
	const found = words.found;
	show(
		web,
		visit,
		'search',
		{ title: web.views.design.t(visit.language, 'boards.search.title'), sign: 'board', path },
		{
			text,
			people: text === '' || before ? [] : peopleFor(web, visit, text),
			posts: postViews(web, visit, found.posts),
			older: found.last === null ? null : `${path}&before=${found.last}${words.whole ? '&whole=yes' : ''}`,
			door: doorView(web, visit),
		},
	);
}

interface Found {
	readonly posts: Post[];
	readonly last: number | null;
}

/** A word that fills a page of what one may read is whole, on the pages after it too; else it may be the beginning of one. */
function wordsFor(
	web: Web,
	visit: Visit,
	text: string,
	before: number | null,
): { found: Found; whole: boolean } {
	if (text === '') return { found: { posts: [], last: null }, whole: true };
	const told = asked(visit, 'whole') === 'yes';
	if (before === null || told) {
		const found = find(web, visit, text, before, true);
		if (told || found.posts.length === PAGE) return { found, whole: true };
	}
	return { found: find(web, visit, text, before, false), whole: false };
}

function find(web: Web, visit: Visit, text: string, before: number | null, whole: boolean): Found {
	const reader = readerFor(web.context, visit.person);
	const posts: Post[] = [];
	let from = before;
	for (let chunk = 0; chunk < CHUNKS; chunk += 1) {
		const [ids, rows] = web.context.store.read((reading) => {
			const found = findWords(reading, text, { limit: CHUNK, before: from, whole });
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
