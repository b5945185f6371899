import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Did this activity come before? */
export function wasReceived(reading: Reading, activity: string): boolean {
	return reading.first(written('SELECT at FROM received WHERE activity = ?', activity)) !== undefined;
}

/** Notes that it came; in the same transaction as what it did. */
export function noteReceived(writing: Writing, activity: string, at: number): void {
	writing.run(written('INSERT INTO received VALUES (?, ?) ON CONFLICT DO NOTHING', activity, at));
}

/** Forgets activities that came before a moment. */
export function sweepReceived(writing: Writing, before: number): number {
	return writing.run(sql('received').where('at', '<', before).delete());
}
