import { type TrustedHtml, trustedHtml } from '@understory/design/safe-html.ts';
import type { WireEmoji } from '@understory/federation/emoji.ts';
import { ASK_AGAIN } from '../services/emoji.ts';
import { escapeHtml } from '../services/plain-text.ts';
import { missingEmoji } from '../store/emoji.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** More pictures in one text than this stay names. */
const MOST = 100;
/** Tags and what stands between them, of markup that was sanitised: no `>` is within a tag but at its end. */
const PIECES = /<[^>]*>|[^<]+/g;
const NAME = /:([A-Za-z0-9_+-]{1,64})(?=:)/g;
/** In code, a name between colons is code. */
const CODE = /^<(\/?)(?:code|pre)\b/;

/** Draws the emoji of one post or name for one visitor. */
export interface EmojiView {
	/** In plain text, which is escaped. */
	line(text: string): TrustedHtml;
	/** In markup that was sanitised when it was written. */
	markup(html: string): TrustedHtml;
}

/** For what has none. */
export const NO_EMOJI: EmojiView = {
	line: (text) => trustedHtml(escapeHtml(text)),
	markup: trustedHtml,
};

/**
 * The emoji of something whose pictures are served below `path`, for whoever may read it: the caller has asked. People of this branch see pictures;
 * to everybody else, and where a picture cannot be had, the name stands between its colons as it was written. Nobody's visit makes this branch fetch
 * for somebody who is not of it (docs/adr/0016).
 */
export function emojiView(web: Web, visit: Visit, path: string, emoji: readonly WireEmoji[]): EmojiView {
	if (!visit.person || emoji.length === 0) return NO_EMOJI;
	const known = drawable(web, path, emoji);
	const markup = (html: string) => trustedHtml(drawn(html, known));
	return { line: (text) => markup(escapeHtml(text)), markup };
}

/** Where the pictures of a post and of a name are. */
export const EMOJI_OF = {
	post: (id: number) => `/posts/${id}/emoji/`,
	person: (id: number) => `/people/${id}/emoji/`,
};

/** Names, and the address here of the picture of each. */
function drawable(web: Web, path: string, emoji: readonly WireEmoji[]): Map<string, string> {
	const { store, clock } = web.context;
	const urls = emoji.map(({ url }) => url);
	const missing = store.read((reading) => missingEmoji(reading, urls, clock.now() - ASK_AGAIN));
	const had = emoji.filter(({ url }) => !missing.has(url));
	return new Map(had.map(({ name }) => [name, `${path}${encodeURIComponent(name)}.webp`]));
}

function drawn(html: string, known: ReadonlyMap<string, string>): string {
	let left = MOST;
	let code = 0;
	const picture = (name: string): string | null => {
		const src = known.get(name);
		if (src === undefined || left === 0) return null;
		left -= 1;
		return `<img class="emoji" src="${src}" alt=":${name}:" title=":${name}:" loading="lazy" decoding="async">`;
	};
	return html.replace(PIECES, (piece) => {
		if (!piece.startsWith('<')) return code > 0 ? piece : inText(piece, picture);
		const within = CODE.exec(piece);
		if (within) code = Math.max(0, code + (within[1] === '/' ? -1 : 1));
		return piece;
	});
}

/** Of `:a:b:` the first is drawn: a colon ends one name only. */
function inText(text: string, picture: (name: string) => string | null): string {
	let html = '';
	let at = 0;
	for (const match of text.matchAll(NAME)) {
		const img = match.index < at ? null : picture(match[1]!);
		if (img === null) continue;
		html += text.slice(at, match.index) + img;
		at = match.index + match[0].length + 1;
	}
	return html + text.slice(at);
}
