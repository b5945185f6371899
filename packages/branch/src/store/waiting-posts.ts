import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** A post that waits for the end of the quiet hours. No post of it is anywhere yet. */
export interface WaitingPost {
	readonly id: number;
	readonly person: number;
	/** What somebody wants to say, as a JSON document. */
	readonly draft: string;
	/** UTC milliseconds. */
	readonly due: number;
	/** Why it could not be posted when it was due, as a code; null for what waits. */
	readonly fault: string | null;
}

/** Keeps it. */
export function addWaiting(writing: Writing, waiting: WaitingPost): void {
	writing.run(sql('waiting_post').insert({ ...waiting }));
}

/** What somebody has waiting, the oldest first. */
export function waitingOf(reading: Reading, person: number): WaitingPost[] {
	return reading.all<WaitingPost>(sql('waiting_post').where({ person }).orderBy('id'));
}

/** How many somebody has waiting. */
export function countWaitingOf(reading: Reading, person: number): number {
	return reading.first<{ n: number }>(sql('waiting_post').count({ n: '*' }).where({ person }))?.n ?? 0;
}

/** The one that is due first, of those that can be posted. */
export function nextWaiting(reading: Reading): WaitingPost | undefined {
	const query = sql('waiting_post').whereNull('fault').orderBy('due').orderBy('id').limit(1);
	return reading.first<WaitingPost>(query);
}

/** It waits longer, or cannot be posted. */
export function changeWaiting(
	writing: Writing,
	id: number,
	changes: Partial<Pick<WaitingPost, 'due' | 'fault'>>,
): void {
	writing.run(sql('waiting_post').where({ id }).update(changes));
}

/** It was posted, or its author wants it no more; how many that changed. */
export function dropWaiting(writing: Writing, id: number): number {
	return writing.run(sql('waiting_post').where({ id }).delete());
}
