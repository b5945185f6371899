import type { Post } from './posts.ts';
import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** How a post read until it was changed. */
export interface PostVersion {
	readonly id: number;
	readonly post: number;
	readonly content_html: string;
	readonly summary: string | null;
	readonly sensitive: boolean;
	readonly language: string | null;
	/** When it began to read so. */
	readonly since: number;
}

type Row = Omit<PostVersion, 'sensitive'> & { readonly sensitive: number };

/** Keeps how a post reads now, before it is changed. */
export function keepVersion(writing: Writing, id: number, post: Post): void {
	const { content_html, summary, sensitive, language } = post;
	const since = post.edited ?? post.created;
	writing.run(
		sql('post_version').insert({
			id,
			post: post.id,
			content_html,
			summary,
			sensitive: sensitive ? 1 : 0,
			language,
			since,
		}),
	);
}

/** Oldest first. */
export function versionsOf(reading: Reading, post: number): PostVersion[] {
	return reading
		.all<Row>(sql('post_version').where({ post }).orderBy('id'))
		.map((row) => ({ ...row, sensitive: row.sensitive === 1 }));
}

/** For a post that is taken back: nothing of its text stays. */
export function forgetVersions(writing: Writing, post: number): void {
	writing.run(sql('post_version').where({ post }).delete());
}
