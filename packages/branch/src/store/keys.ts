import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** A key as it rests: `sealed` by the branch's data key, `public` in the open (DESIGN 5.3). */
export interface SealedKey {
	/** `branch`, `session`, or `actor:<id>`. */
	readonly name: string;
	readonly public: string;
	readonly sealed: string;
	/** UTC milliseconds. */
	readonly created: number;
}

/** The key of this name, or undefined. */
export function findKey(reading: Reading, name: string): SealedKey | undefined {
	return reading.first<SealedKey>(sql('sealed_key').where({ name }));
}

/** Keeps a new key unless there is one of this name already; keys are never overwritten. */
export function addKey(writing: Writing, key: SealedKey): void {
	writing.run(
		sql('sealed_key')
			.insert({ ...key })
			.onConflict('name')
			.ignore(),
	);
}
