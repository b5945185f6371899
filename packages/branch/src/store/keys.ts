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

/** Puts a new key in the place of the one of this name. */
export function replaceKey(writing: Writing, { name, ...key }: SealedKey): void {
	writing.run(sql('sealed_key').where({ name }).update(key));
}

/** The keys of actors, oldest first. */
export function oldestActorKeys(reading: Reading, limit: number): Pick<SealedKey, 'name' | 'created'>[] {
	return reading.all(
		sql('sealed_key').select('name', 'created').whereLike('name', 'actor:%').orderBy('created').limit(limit),
	);
}

/** Keeps a new key unless there is one of this name already. */
export function addKey(writing: Writing, key: SealedKey): void {
	writing.run(
		sql('sealed_key')
			.insert({ ...key })
			.onConflict('name')
			.ignore(),
	);
}
