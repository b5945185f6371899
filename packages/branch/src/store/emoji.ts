import type { WireEmoji } from '@understory/federation/emoji.ts';
import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** What came of asking for the picture at an address of another server. */
export interface EmojiPicture {
	readonly url: string;
	/** Name of its file in `media/`; null when it could not be had. */
	readonly file: string | null;
	/** UTC milliseconds. */
	readonly asked: number;
}

/** A list as its row holds it; null for none. */
export function emojiText(emoji: readonly WireEmoji[]): string | null {
	return emoji.length === 0 ? null : JSON.stringify(emoji.map(({ name, url }) => [name, url]));
}

/** The list in a row. */
export function emojiIn(text: string | null | undefined): WireEmoji[] {
	if (text === null || text === undefined) return [];
	return (JSON.parse(text) as [string, string][]).map(([name, url]) => ({ name, url }));
}

/** By its address. */
export function emojiPicture(reading: Reading, url: string): EmojiPicture | undefined {
	return reading.first<EmojiPicture>(written('SELECT * FROM emoji_picture WHERE url = ?', url));
}

/** Keeps what came of asking. */
export function keepEmojiPicture(writing: Writing, picture: EmojiPicture): void {
	const row = sql('emoji_picture').insert({ ...picture });
	writing.run(row.onConflict('url').merge());
}

/** Which of these were asked for in vain after `since`, UTC milliseconds; addresses. */
export function missingEmoji(reading: Reading, urls: readonly string[], since: number): Set<string> {
	const text =
		'SELECT url FROM emoji_picture WHERE file IS NULL AND asked > ? AND url IN (SELECT value FROM json_each(?))';
	const found = reading.all<{ url: string }>(written(text, since, JSON.stringify(urls)));
	return new Set(found.map(({ url }) => url));
}

/** Forgets what was asked for before `since`, and the oldest beyond so many; the files that nobody needs any more. */
export function forgetOldEmoji(writing: Writing, since: number, most: number): string[] {
	const old = sql('emoji_picture').where('asked', '<', since);
	const beyond = sql('emoji_picture').orderBy('asked', 'desc').limit(500).offset(most);
	const gone = [old, beyond].flatMap((query) => writing.all<EmojiPicture>(query));
	for (const { url } of gone) writing.run(sql('emoji_picture').where({ url }).delete());
	return gone.flatMap(({ file }) => file ?? []);
}
