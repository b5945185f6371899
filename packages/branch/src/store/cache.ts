import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** A value that has not expired. */
export function readCache(reading: Reading, key: string, now: number): string | undefined {
	const query = sql('cache').select('value').where({ key }).where('expires', '>', now);
	return reading.first<{ value: string }>(query)?.value;
}

/** Keeps a value until `expires`, UTC milliseconds. */
export function writeCache(writing: Writing, key: string, value: string, expires: number): void {
	writing.run(sql('cache').insert({ key, value, expires }).onConflict('key').merge());
}

/** Forgets a value. */
export function dropCache(writing: Writing, key: string): void {
	writing.run(sql('cache').where({ key }).delete());
}

/** Forgets what has expired. */
export function sweepCache(writing: Writing, now: number): number {
	return writing.run(sql('cache').where('expires', '<=', now).delete());
}
