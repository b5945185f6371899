import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Did this activity come before? */
export function wasReceived(reading: Reading, activity: string): boolean {
	return reading.first(sql('received').select('at').where({ activity })) !== undefined;
}

/** Notes that it came; in the same transaction as what it did. */
export function noteReceived(writing: Writing, activity: string, at: number): void {
	writing.run(sql('received').insert({ activity, at }).onConflict('activity').ignore());
}

/** Forgets activities that came before a moment. */
export function sweepReceived(writing: Writing, before: number): number {
	return writing.run(sql('received').where('at', '<', before).delete());
}
