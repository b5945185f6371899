import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Somebody elsewhere passed along a post that is not here yet. */
export interface PassedAlong {
	/** Id of their Announce. */
	readonly activity: string;
	/** Id of the post. */
	readonly uri: string;
	/** Id of who passed it along. */
	readonly actor: string;
	/** When it is to be fetched, UTC milliseconds. */
	readonly due: number;
	readonly tries: number;
}

/** Keeps that it is to be fetched. */
export function wantPassedAlong(writing: Writing, one: PassedAlong): void {
	writing.run(
		sql('passed_along')
			.insert({ ...one })
			.onConflict('activity')
			.ignore(),
	);
}

/** How many wait. */
export function countPassedAlong(reading: Reading): number {
	return reading.first<{ n: number }>(sql('passed_along').count({ n: '*' }))?.n ?? 0;
}

/** What waits because of this Announce, or undefined. */
export function passedAlongBy(reading: Reading, activity: string): PassedAlong | undefined {
	return reading.first<PassedAlong>(sql('passed_along').where({ activity }));
}

/** What waits longest, or undefined. */
export function nextPassedAlong(reading: Reading): PassedAlong | undefined {
	return reading.first<PassedAlong>(sql('passed_along').orderBy('due').limit(1));
}

/** Tries it again later. */
export function putOffPassedAlong(writing: Writing, activity: string, due: number, tries: number): void {
	writing.run(sql('passed_along').where({ activity }).update({ due, tries }));
}

/** It came, or never will, or was taken back. */
export function dropPassedAlong(writing: Writing, activity: string): void {
	writing.run(sql('passed_along').where({ activity }).delete());
}
