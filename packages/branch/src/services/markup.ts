import { cleanLine } from './plain-text.ts';

const TAGS = [
	'p',
	'br',
	'a',
	'span',
	'strong',
	'b',
	'em',
	'i',
	'del',
	'code',
	'pre',
	'blockquote',
	'ul',
	'ol',
	'li',
];

/** Longest markup of a copy that we keep, in characters. */
const LONGEST = 60_000;

/**
 * Markup of another server, reduced to what a post may hold here. No pictures, styles, ids, scripts or forms; links only to
 * http and https, marked `nofollow noopener`. `withoutQuoteLine`: without the line that names what is quoted for software that shows no
 * quotes (`quote-inline`, FEP-044f). Done once, when the post is written (DESIGN 4.6, section 9).
 */
export async function sanitizeMarkup(
	html: string,
	{ withoutQuoteLine = false }: { readonly withoutQuoteLine?: boolean } = {},
): Promise<string> {
	// Not needed to serve a page, so it is loaded with the first post that comes from elsewhere.
	const { default: sanitize } = await import('sanitize-html');
	return sanitize(html.slice(0, LONGEST).toWellFormed(), {
		allowedTags: TAGS,
		allowedAttributes: { a: ['href', 'rel', 'class'], span: ['class'] },
		allowedClasses: { a: ['u-url', 'mention', 'hashtag'], span: ['h-card', 'invisible', 'ellipsis'] },
		allowedSchemes: ['http', 'https'],
		allowProtocolRelative: false,
		nestingLimit: 20,
		exclusiveFilter: ({ attribs }) =>
			withoutQuoteLine && /(?:^|\s)quote-inline(?:\s|$)/.test(attribs.class ?? ''),
		transformTags: {
			h1: 'p',
			h2: 'p',
			h3: 'p',
			h4: 'p',
			h5: 'p',
			h6: 'p',
			a: (tagName, attribs) => ({ tagName, attribs: { ...attribs, rel: 'nofollow noopener' } }),
		},
	});
}

/** One line from elsewhere (a display name, a content note), cut to a length. Plain text: pages escape it. */
export function remoteLine(text: string, longest: number): string {
	return [...cleanLine(text)].slice(0, longest).join('');
}
