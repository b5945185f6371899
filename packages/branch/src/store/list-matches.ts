import type { EmergencyKind } from './quarantine.ts';
import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** A picture that is an exact copy of what a list names. */
export interface ListMatchRow {
	/** Number of the picture. */
	readonly media: number;
	/** Name of the list. */
	readonly list: string;
	readonly kind: EmergencyKind;
	/** Where the list says it has it from; may be empty. */
	readonly source: string;
	/** `sha256:<hex>` of the bytes as they came. */
	readonly evidence: string;
	readonly at: number;
}

/** Keeps it. Returns 0 when it was known of this picture already. */
export function addListMatch(writing: Writing, row: ListMatchRow): number {
	return writing.run(
		sql('list_match')
			.insert({ ...row })
			.onConflict('media')
			.ignore(),
	);
}

/** Those among the pictures of a post, in their order. */
export function listMatchesOf(reading: Reading, post: number): ListMatchRow[] {
	const theirs = sql('media').select('id').where({ post });
	return reading.all<ListMatchRow>(sql('list_match').whereIn('media', theirs).orderBy('media'));
}
