import type { Post } from '../store/posts.ts';
import { wordsOf } from '../store/search.ts';

/** Longer than this, in characters of text, and a post is folded on pages with others. */
const LONG = 1500;
const BEGINNING = 320;

/** How a long post begins, cut at a word; null for one that is shown whole. */
export function beginningOf(post: Pick<Post, 'content_html'>): string | null {
	// Without its markup it is no longer.
	if (post.content_html.length <= LONG) return null;
	const text = wordsOf({ title: null, summary: null, content_html: post.content_html });
	if (text.length <= LONG) return null;
	const cut = text.slice(0, BEGINNING);
	return `${cut.slice(0, Math.max(cut.lastIndexOf(' '), BEGINNING / 2))}…`;
}
