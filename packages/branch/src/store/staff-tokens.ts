import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** The key of a program that acts for somebody on the staff. */
export interface StaffToken {
	readonly id: number;
	readonly staff_id: string;
	/** What they call it. */
	readonly name: string;
	/** Of the key, which is kept nowhere. */
	readonly digest: string;
	readonly created: number;
	readonly expires: number;
}

/** Those of one member of the staff that still open something, the newest first. */
export function staffTokens(reading: Reading, staff_id: string, now: number): StaffToken[] {
	const query = sql('staff_token').where({ staff_id }).where('expires', '>', now).orderBy('id', 'desc');
	return reading.all<StaffToken>(query);
}

/** By digest, while it opens something. */
export function staffTokenBy(reading: Reading, digest: string, now: number): StaffToken | undefined {
	return reading.first<StaffToken>(sql('staff_token').where({ digest }).where('expires', '>', now));
}

/** Keeps one, and forgets those that are over. */
export function addStaffToken(writing: Writing, token: StaffToken): void {
	writing.run(sql('staff_token').where('expires', '<=', token.created).delete());
	writing.run(sql('staff_token').insert({ ...token }));
}

/** Takes one back from its owner. Returns how many that were. */
export function dropStaffToken(writing: Writing, staff_id: string, id: number): number {
	return writing.run(sql('staff_token').where({ staff_id, id }).delete());
}
