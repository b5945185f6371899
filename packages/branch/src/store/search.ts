import type { Post } from './posts.ts';
import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** The words of a post without its markup, as they are searched. */
export function wordsOf(post: Pick<Post, 'title' | 'summary' | 'content_html'>): string {
	const text = post.content_html
		.replace(/<[^>]*>/g, ' ')
		.replace(/&(amp|lt|gt|quot|#39|nbsp);/g, ' ')
		.replace(/\s+/g, ' ');
	return [post.title, post.summary, text].filter(Boolean).join(' ').trim();
}

/** Makes a new post findable by what it says. */
export function addWords(writing: Writing, id: number, words: string): void {
	if (words !== '') writing.run(written('INSERT INTO post_text (rowid, text) VALUES (?, ?)', id, words));
}

/** Makes a post findable by what it says now; what says nothing any more is not found. */
export function changeWords(writing: Writing, id: number, words: string): void {
	writing.run(written('DELETE FROM post_text WHERE rowid = ?', id));
	addWords(writing, id, words);
}

/**
 * Numbers of posts that hold all words of a text, the last of them perhaps unfinished unless `whole`; newest first. Nothing in the text is read as a
 * command of the index. Who may read them is not decided here. Whole words are found in a hundredth of the time: for a beginning the index puts
 * together all that begin so.
 */
export function findWords(
	reading: Reading,
	text: string,
	{
		limit,
		before,
		whole,
	}: { readonly limit: number; readonly before: number | null; readonly whole: boolean },
): number[] {
	const words =
		text
			.normalize('NFKC')
			.match(/[\p{L}\p{N}_]+/gu)
			?.slice(0, 12) ?? [];
	if (words.length === 0) return [];
	const match = `${words.map((word) => `"${word}"`).join(' ')}${whole ? '' : '*'}`;
	const query = sql.raw(
		'SELECT rowid AS id FROM post_text WHERE post_text MATCH ? AND rowid < ? ORDER BY rowid DESC LIMIT ?',
		[match, before ?? Number.MAX_SAFE_INTEGER, limit],
	);
	return reading.all<{ id: number }>(query).map(({ id }) => id);
}
