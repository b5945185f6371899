import type { Library } from '../registers.ts';
import { LICENCE } from './licence.ts';

/** One decision, or what became of one, as the feeds tell it. */
export interface FeedItem {
	readonly id: string;
	readonly url: string;
	/** YYYY-MM-DD. */
	readonly day: string;
	/** The first is its category in Atom. */
	readonly tags: readonly string[];
	readonly title: string;
	readonly text: string;
}

/** What both feeds are made from. */
export interface Feed {
	readonly library: Library;
	/** The page it belongs to: `/`, or `/appeals`. The feeds stand beside it. */
	readonly at: string;
	readonly title: string;
	readonly language: string;
	/** The newest first. */
	readonly items: readonly FeedItem[];
}

/** JSON Feed 1.1. Dates carry no time of day, because the log publishes none: they are midnight UTC of the day. */
export function jsonFeed({ library, at, title, language, items }: Feed): object {
	return {
		version: 'https://jsonfeed.org/version/1.1',
		title,
		home_page_url: `${library.origin}${at}`,
		feed_url: `${library.origin}${feedsAt(at).json}`,
		language,
		items: items.map(({ id, url, day, tags, title, text }) => ({
			id: `urn:uuid:${id}`,
			url,
			title,
			content_text: text,
			date_published: midnight(day),
			tags,
		})),
	};
}

/** Atom (RFC 4287). `updated` is the day of the newest item, or of the register where there is none. */
export function atomFeed({ library, at, title, language, items }: Feed): string {
	const newest = items[0] ? midnight(items[0].day) : new Date(library.register.issued).toISOString();
	const entries = items.map(({ id, url, day, tags, title, text }) =>
		[
			'<entry>',
			`<id>urn:uuid:${id}</id>`,
			`<title>${xml(title)}</title>`,
			`<link rel="alternate" type="text/html" href="${xml(url)}"/>`,
			`<updated>${midnight(day)}</updated>`,
			`<published>${midnight(day)}</published>`,
			`<category term="${xml(tags[0] ?? '')}"/>`,
			`<content type="text">${xml(text)}</content>`,
			'</entry>',
		].join('\n'),
	);
	return [
		'<?xml version="1.0" encoding="utf-8"?>',
		`<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="${xml(language)}">`,
		`<id>${xml(library.origin + at)}</id>`,
		`<title>${xml(title)}</title>`,
		`<link rel="self" type="application/atom+xml" href="${xml(library.origin + feedsAt(at).atom)}"/>`,
		`<link rel="alternate" type="text/html" href="${xml(library.origin + at)}"/>`,
		`<link rel="license" href="${LICENCE}"/>`,
		`<updated>${newest}</updated>`,
		`<author><name>${xml(library.register.library.name)}</name></author>`,
		...entries,
		'</feed>',
		'',
	].join('\n');
}

/** Where the two feeds of a page stand, by the page's path. */
export function feedsAt(at: string): { readonly json: string; readonly atom: string } {
	const under = at === '/' ? '' : at;
	return { json: `${under}/feed.json`, atom: `${under}/feed.atom` };
}

function midnight(day: string): string {
	return `${day}T00:00:00Z`;
}

/** Text for XML 1.0: markup escaped, and what XML cannot hold left out. */
function xml(text: string): string {
	return [...text]
		.filter((character) => character >= ' ' || character === '\n' || character === '\t')
		.join('')
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;');
}
