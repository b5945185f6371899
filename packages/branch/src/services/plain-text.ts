import type { Tag } from '../store/post-tags.ts';
import type { Mention } from '../store/posts.ts';

/** An `@handle` or `@handle@host` in a text. */
export interface Naming {
	readonly handle: string;
	/** With its port; null for somebody of this branch. */
	readonly host: string | null;
}

/** Somebody who was found for a naming. */
export type Found = Mention & { readonly naming: Naming; readonly url: string };

// Controls, the overrides and isolates that let a text pretend to be another, and halves of characters.
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is removed
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069\ufeff]/g;
const NAMING =
	/(?<![\w@/.:-])@([a-z0-9_]{1,30})(?:@([a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::\d{1,5})?))?(?![\w@])/gi;
/** A letter somewhere, so that `#1` stays a number; not within a word or an address. */
const TAG = /(?<![\p{L}\p{N}_&/#])#([\p{L}\p{N}_]*\p{L}[\p{L}\p{N}_]*)/gu;
const LONGEST_TAG = 60;
/** More topics than this in one post stay words. */
const MOST_TAGS = 20;
const LINK = /https?:\/\/[^\s<>"'`]+[^\s<>"'`.,;:!?)\]}]/gi;

/** What a person typed, without what nobody can see and with one kind of line end. */
export function cleanText(text: string): string {
	return text
		.toWellFormed()
		.replace(/\r\n?/g, '\n')
		.replace(CONTROLS, '')
		.replace(/\n{4,}/g, '\n\n\n')
		.trim();
}

/** The same for one line: a name, a title. */
export function cleanLine(text: string): string {
	return cleanText(text).replace(/\s+/g, ' ');
}

/** How long a text is, as people count. */
export function lengthOf(text: string): number {
	return [...text].length;
}

/** Who is named in a text, each once. */
export function namingsIn(text: string): Naming[] {
	const found = new Map<string, Naming>();
	for (const [, handle, host] of withoutLinks(text).matchAll(NAMING)) {
		const naming = { handle: handle!.toLowerCase(), host: host?.toLowerCase() ?? null };
		found.set(`${naming.handle}@${naming.host ?? ''}`, naming);
	}
	return [...found.values()];
}

/** The topics a text names, each once, as it was written first. */
export function tagsIn(text: string): Tag[] {
	const found = new Map<string, Tag>();
	for (const [, shown] of withoutLinks(text).matchAll(TAG)) {
		const name = tagName(shown!);
		if (name !== null && !found.has(name) && found.size < MOST_TAGS) found.set(name, { name, shown: shown! });
	}
	return [...found.values()];
}

/** What makes two spellings of a topic one; null for what is none. */
export function tagName(shown: string): string | null {
	const name = shown.replace(/^#/, '').normalize('NFKC').toLowerCase();
	return /^[\p{L}\p{N}_]*\p{L}[\p{L}\p{N}_]*$/u.test(name) && lengthOf(name) <= LONGEST_TAG ? name : null;
}

/**
 * Safe markup for a text: paragraphs, line ends, links, names that were found, and topics, whose pages are below `tagPage`. Everything
 * else is escaped, so what comes out holds only `p`, `br`, `a` and `span` that were put in here.
 */
export function toHtml(text: string, mentions: readonly Found[], tagPage: string | null = null): string {
	return text
		.split(/\n{2,}/)
		.filter((paragraph) => paragraph.trim() !== '')
		.map((paragraph) => `<p>${inline(paragraph, mentions, tagPage).replaceAll('\n', '<br>')}</p>`)
		.join('');
}

/** Escapes a text for markup and attributes. */
export function escapeHtml(text: string): string {
	return text
		.replaceAll('&', '&amp;')
		.replaceAll('<', '&lt;')
		.replaceAll('>', '&gt;')
		.replaceAll('"', '&quot;')
		.replaceAll("'", '&#39;');
}

function inline(text: string, mentions: readonly Found[], tagPage: string | null): string {
	let html = '';
	let at = 0;
	for (const match of text.matchAll(LINK)) {
		html += named(text.slice(at, match.index), mentions, tagPage) + link(match[0]);
		at = match.index + match[0].length;
	}
	return html + named(text.slice(at), mentions, tagPage);
}

function named(text: string, mentions: readonly Found[], tagPage: string | null): string {
	let html = '';
	let at = 0;
	for (const match of text.matchAll(NAMING)) {
		const handle = match[1]!.toLowerCase();
		const host = match[2]?.toLowerCase() ?? null;
		const who = mentions.find(({ naming }) => naming.handle === handle && naming.host === host);
		if (!who) continue;
		html += tagged(text.slice(at, match.index), tagPage);
		html += `<span class="h-card"><a href="${escapeHtml(who.url)}" class="u-url mention">@<span>${escapeHtml(handle)}</span></a></span>`;
		at = match.index + match[0].length;
	}
	return html + tagged(text.slice(at), tagPage);
}

function tagged(text: string, tagPage: string | null): string {
	if (tagPage === null) return escapeHtml(text);
	let html = '';
	let at = 0;
	for (const match of text.matchAll(TAG)) {
		const name = tagName(match[1]!);
		if (name === null) continue;
		html += escapeHtml(text.slice(at, match.index));
		html += `<a href="${escapeHtml(tagPage + encodeURIComponent(name))}" class="mention hashtag" rel="tag">#<span>${escapeHtml(match[1]!)}</span></a>`;
		at = match.index + match[0].length;
	}
	return html + escapeHtml(text.slice(at));
}

function link(address: string): string {
	if (!URL.canParse(address)) return escapeHtml(address);
	const url = new URL(address);
	const shown = address.replace(/^https?:\/\//, '');
	const short = shown.length > 60 ? `${shown.slice(0, 57)}…` : shown;
	return `<a href="${escapeHtml(url.href)}" rel="nofollow noopener">${escapeHtml(short)}</a>`;
}

function withoutLinks(text: string): string {
	return text.replace(LINK, ' ');
}
