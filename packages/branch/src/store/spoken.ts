import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Who of the staff wrote a post in the branch's own voice. Shown to hosts, published nowhere. */
export function spokenBy(reading: Reading, post: number): string | null {
	return reading.first<{ staff_id: string }>(sql('spoken').where({ post }))?.staff_id ?? null;
}

/** Notes who wrote it. */
export function noteSpoken(writing: Writing, post: number, staffId: string, now: number): void {
	writing.run(sql('spoken').insert({ post, staff_id: staffId, created: now }));
}
