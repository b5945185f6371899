import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** A topic a post names, `#PlumSeason`. */
export interface Tag {
	/** What makes two of them one: lower case, normalised (NFKC). */
	readonly name: string;
	/** As it was written. */
	readonly shown: string;
}

/** Sets the topics of a post that had others. */
export function setTags(writing: Writing, post: number, tags: readonly Tag[]): void {
	writing.run(sql('post_tag').where({ post }).delete());
	addTags(writing, post, tags);
}

/** Keeps the topics of a new post. */
export function addTags(writing: Writing, post: number, tags: readonly Tag[]): void {
	if (tags.length === 0) return;
	writing.run(sql('post_tag').insert(tags.map(({ name, shown }) => ({ name, shown, post }))));
}

/** The topics of a post, by name. */
export function tagsOf(reading: Reading, post: number): Tag[] {
	return reading.all<Tag>(sql('post_tag').select('name', 'shown').where({ post }).orderBy('name'));
}
