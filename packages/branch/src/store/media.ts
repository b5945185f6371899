import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

export type MediaKind = 'picture' | 'sound' | 'video';

/** A picture, a sound or a video of a post. */
export interface Media {
	readonly id: number;
	/** Null while its author still writes. */
	readonly post: number | null;
	/** Who brought it; null for what came with a copy. */
	readonly person: number | null;
	/** Where it is, for what came with a copy. */
	readonly remote_url: string | null;
	readonly kind: MediaKind;
	/** Media type, as it is served. */
	readonly type: string;
	/** Name of its file in `media/`; null while we have none. */
	readonly file: string | null;
	/** In pixels; null when not known. */
	readonly width: number | null;
	readonly height: number | null;
	/** In words, for whoever does not see or hear it. */
	readonly description: string;
	readonly created: number;
}

/** By number. */
export function mediaById(reading: Reading, id: number): Media | undefined {
	return reading.first<Media>(sql('media').where({ id }));
}

/** What belongs to a post, in order. */
export function mediaOf(reading: Reading, post: number): Media[] {
	return reading.all<Media>(written('SELECT * FROM media WHERE post = ? ORDER BY id', post));
}

/** What somebody brought for a post they still write. */
export function unattachedOf(reading: Reading, person: number): Media[] {
	return reading.all<Media>(sql('media').where({ person }).whereNull('post').orderBy('id'));
}

/** Keeps it. */
export function addMedia(writing: Writing, media: Media): void {
	writing.run(sql('media').insert({ ...media }));
}

/** Changes what may change. */
export function changeMedia(
	writing: Writing,
	id: number,
	changes: Partial<Pick<Media, 'post' | 'file' | 'type' | 'width' | 'height' | 'description'>>,
): void {
	writing.run(sql('media').where({ id }).update(changes));
}

/** Forgets one. */
export function removeMedia(writing: Writing, id: number): void {
	writing.run(sql('media').where({ id }).delete());
}

/** Forgets what belongs to a post; the names of the files that nobody needs any more. */
export function removeMediaOf(writing: Writing, post: number): string[] {
	const files = mediaOf(writing, post).flatMap(({ file }) => file ?? []);
	writing.run(sql('media').where({ post }).delete());
	return files;
}

/** What was brought before `before` (UTC milliseconds) for posts that were never sent. */
export function leftBehind(reading: Reading, before: number): Media[] {
	const query = sql('media').whereNull('post').where('created', '<', before);
	return reading.all<Media>(query.limit(500));
}

/** Files of copies that were fetched, oldest post first. */
export function fetchedFiles(reading: Reading): Media[] {
	return reading.all<Media>(sql('media').whereNotNull('remote_url').whereNotNull('file').orderBy('id'));
}

/** Is this the name of a file we know of? */
export function isKnownFile(reading: Reading, file: string): boolean {
	return ['media', 'emoji_picture'].some((table) => reading.first(sql(table).select('file').where({ file })));
}
