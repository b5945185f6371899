import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Did this activity come before? */
export function wasReceived(reading: Reading, activity: string): boolean {
	// Asked twice for whatever comes: the text is not built anew each time.
	return reading.first(sql.raw('SELECT at FROM received WHERE activity = ?', [activity])) !== undefined;
}

/** Notes that it came; in the same transaction as what it did. */
export function noteReceived(writing: Writing, activity: string, at: number): void {
	writing.run(sql.raw('INSERT INTO received VALUES (?, ?) ON CONFLICT DO NOTHING', [activity, at]));
}

/** Forgets activities that came before a moment. */
export function sweepReceived(writing: Writing, before: number): number {
	return writing.run(sql('received').where('at', '<', before).delete());
}
