import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Somebody elsewhere counts other followers here than we do. */
export interface FollowerCheck {
	/** Their actor id. */
	readonly actor: string;
	/** Where their server lists them for us. */
	readonly url: string;
	/** UTC milliseconds. */
	readonly asked: number;
}

/** Keeps that the lists are to be compared, unless that was done since `before`; whether it is new. */
export function askForCheck(writing: Writing, { actor, url, asked }: FollowerCheck, before: number): boolean {
	const add =
		'INSERT INTO follower_check (actor, url, asked) VALUES (?, ?, ?) ON CONFLICT (actor) DO UPDATE SET url = excluded.url, asked = excluded.asked, done = NULL WHERE done IS NOT NULL AND done < ?';
	return writing.run(sql.raw(add, [actor, url, asked, before])) > 0;
}

/** What waits longest, or undefined. */
export function nextCheck(reading: Reading): FollowerCheck | undefined {
	const query = sql('follower_check').select('actor', 'url', 'asked').whereNull('done');
	return reading.first<FollowerCheck>(query.orderBy('asked'));
}

/** It was looked at. */
export function finishCheck(writing: Writing, actor: string, now: number): void {
	writing.run(sql('follower_check').where({ actor }).update({ done: now }));
}
