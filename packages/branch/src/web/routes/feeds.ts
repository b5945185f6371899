import { NotFound } from '@understory/core/errors.ts';
import { isLive } from '@understory/core/stage.ts';
import { isYoung } from '../../services/audiences.ts';
import { escapeHtml } from '../../services/plain-text.ts';
import { publicPosts } from '../../services/public-posts.ts';
import { mayRead } from '../../services/readers.ts';
import { type Person, personByHandle, personById } from '../../store/people.ts';
import { type Post, postById } from '../../store/posts.ts';
import { quoteIn } from '../../store/quotes.ts';
import { type AtomEntry, atomFeed } from '../atom.ts';
import { headlineOf } from '../headline.ts';
import { part, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What is for everyone, for feed readers. Nothing here depends on who asks. */
export const FEED_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/feed.atom', need: 'nobody', run: branchFeed },
	{ method: 'get', path: '/@:handle/feed.atom', need: 'nobody', run: personFeed },
];

const ENTRIES = 30;
const LONGEST_TITLE = 90;

function branchFeed(web: Web, visit: Visit): void {
	const { context } = web;
	if (!isLive(context.current.branch().stage)) throw new NotFound();
	send(web, visit, {
		title: context.current.branch().name,
		home: `${context.origin}/`,
		self: `${context.origin}/feed.atom`,
		since: context.desired().issued,
		posts: publicPosts(context, { limit: ENTRIES }),
	});
}

function personFeed(web: Web, visit: Visit): void {
	const { context } = web;
	const person = context.store.read((reading) => personByHandle(reading, part(visit, 'handle')));
	// The page of a teen is for people of the branch only, and so is what would stand for it.
	if (!person || isYoung(person) || !isLive(context.current.branch().stage)) throw new NotFound();
	const home = context.at.profile(person.handle);
	send(web, visit, {
		title: `${person.name}, ${context.current.branch().name}`,
		home,
		self: `${home}/feed.atom`,
		since: person.created,
		posts: publicPosts(context, { person: person.id, limit: ENTRIES }),
	});
}

function send(
	web: Web,
	visit: Visit,
	feed: { title: string; home: string; self: string; since: number; posts: readonly Post[] },
): void {
	const authors = new Map<number, Person | undefined>();
	const entries = feed.posts.map((post) => {
		const id = post.person ?? 0;
		if (!authors.has(id))
			authors.set(
				id,
				web.context.store.read((reading) => personById(reading, id)),
			);
		return entryOf(post, authors.get(id)?.name ?? '', quotedIn(web, post));
	});
	visit.response
		.set('cache-control', 'public, max-age=300')
		.set('x-robots-tag', 'noindex')
		.type('application/atom+xml')
		.send(atomFeed({ ...feed, id: feed.self, entries }));
}

/** A line with the address of what a post quotes, when that is for everyone and its author agrees. */
function quotedIn({ context }: Web, post: Post): string {
	const quoted = context.store.read((reading) => {
		const quote = quoteIn(reading, post.id);
		return quote?.state === 'agreed' && quote.quoted !== null ? postById(reading, quote.quoted) : undefined;
	});
	if (!quoted || !mayRead(context, quoted, { kind: 'nobody' })) return '';
	const url = escapeHtml(quoted.url ?? quoted.uri);
	return `<p>RE: <a href="${url}">${url}</a></p>`;
}

function entryOf(post: Post, author: string, quoted: string): AtomEntry {
	return {
		id: post.uri,
		url: post.url ?? post.uri,
		title: headlineOf(post, LONGEST_TITLE),
		author,
		// What stands behind a content note stays behind it in readers that show no notes.
		html: post.summary === null ? quoted + post.content_html : '',
		published: post.created,
		updated: post.edited ?? post.created,
		language: post.language,
	};
}
