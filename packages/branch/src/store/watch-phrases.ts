import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** A phrase that brings posts to the hosts. */
export interface WatchPhrase {
	readonly id: number;
	readonly phrase: string;
	/** 1: as words of their own, not inside others. */
	readonly whole: 0 | 1;
	/** Why it is looked for, for everybody to read. */
	readonly why: string;
	readonly staff_id: string;
	readonly created: number;
}

/** All, the oldest first. */
export function watchPhrases(reading: Reading): WatchPhrase[] {
	return reading.all<WatchPhrase>(written('SELECT * FROM watch_phrase ORDER BY id'));
}

/** Keeps a new one. */
export function addWatchPhrase(writing: Writing, phrase: WatchPhrase): void {
	writing.run(sql('watch_phrase').insert({ ...phrase }));
}

/** Looks for it no more; how many that changed. */
export function removeWatchPhrase(writing: Writing, id: number): number {
	return writing.run(sql('watch_phrase').where({ id }).delete());
}
