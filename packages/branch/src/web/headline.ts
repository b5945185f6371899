import type { Post } from '../store/posts.ts';

/** What a post is called where it has no room: its title, else its content note, else how it begins. One line of at most so many characters. */
export function headlineOf(post: Pick<Post, 'title' | 'summary' | 'source'>, longest: number): string {
	const words = (post.title ?? post.summary ?? post.source ?? '').replace(/\s+/g, ' ').trim();
	const letters = [...words];
	return letters.length > longest ? `${letters.slice(0, longest - 1).join('')}…` : words;
}
