import { scopeOf } from '@understory/core/scope.ts';
import type { ContentType, Entry } from '@understory/core/statement.ts';
import { personById } from '../../store/people.ts';
import type { Post } from '../../store/posts.ts';
import { remoteById } from '../../store/remote-actors.ts';
import type { Reading } from '../../store/store.ts';

/** What the log says of a post's reach. */
export function publicScope(post: Post): Entry['scope'] {
	if (post.person === null) return 'federated_in';
	const scope = scopeOf(post.audience);
	return scope === 'public' || scope === 'neighborhood' ? scope : 'branch';
}

/** What the log says a post is made of. */
export function contentTypes(post: Post): ContentType[] {
	return post.content_html.includes('rel="nofollow') ? ['text', 'link'] : ['text'];
}

/** Is it between named people, or for followers alone? Hosts do not look at such posts by themselves. */
export function isPrivate(post: Post): boolean {
	return post.audience.only !== null || post.audience.followersOf.length > 0;
}

/** What a post says, as plain text: as it was typed, or without its marks. Takes the columns as a case file keeps them, too. */
export function wordsOf(post: { readonly source?: unknown; readonly content_html?: unknown }): string {
	return typeof post.source === 'string'
		? post.source
		: String(post.content_html ?? '').replace(/<[^>]*>/g, ' ');
}

/** Everything a post says, as plain text: its title, its warning, its words. Null where it says nothing. */
export function textOf(post: Post): string | null {
	const said = [post.title, post.summary, wordsOf(post)].filter((one) => one !== null && one.trim() !== '');
	return said.length > 0 ? said.join('\n') : null;
}

/** Whom a text about this post must not name, and what it must not quote (`facts.ts`). */
export function namesOf(reading: Reading, post: Post): { handle: string; name: string; text: string } {
	const text = wordsOf(post);
	const author =
		post.person === null ? remoteById(reading, post.remote ?? 0) : personById(reading, post.person);
	return { handle: author?.handle ?? '', name: author?.name ?? '', text };
}
