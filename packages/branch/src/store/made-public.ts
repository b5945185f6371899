import type { Unsealable } from '@understory/core/statement.ts';
import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** What the person a decision is about made public of it. */
export interface MadePublicRow {
	readonly decision: string;
	/** Random UUIDv4: the id of its entry. */
	readonly id: string;
	readonly fields: readonly Unsealable[];
	readonly at: number;
	/** UTC milliseconds; null while it stands. */
	readonly taken_back: number | null;
	/** The id of the entry that took it back. */
	readonly back_id: string | null;
}

type Row = Omit<MadePublicRow, 'fields'> & { readonly fields: string };

/** What was made public of a decision, taken back or not; undefined where nothing ever was. */
export function madePublicOf(reading: Reading, decision: string): MadePublicRow | undefined {
	const row = reading.first<Row>(sql('made_public').where({ decision }));
	return row && { ...row, fields: JSON.parse(row.fields) as Unsealable[] };
}

/** Keeps it; fails when there was something before. */
export function addMadePublic(writing: Writing, row: Omit<MadePublicRow, 'taken_back' | 'back_id'>): void {
	const stands = { taken_back: null, back_id: null };
	writing.run(sql('made_public').insert({ ...row, ...stands, fields: JSON.stringify(row.fields) }));
}

/** It was taken back. */
export function takeBackMadePublic(writing: Writing, decision: string, at: number, id: string): void {
	writing.run(sql('made_public').where({ decision }).update({ taken_back: at, back_id: id }));
}

/** The disclosure of what a decision's post said, sealed as `withheld:<decision>`; undefined where there is none, or none any more. */
export function withheldText(reading: Reading, decision: string): string | undefined {
	return reading.first<{ disclosure: string }>(sql('withheld_text').where({ decision }))?.disclosure;
}

/** Keeps it. */
export function keepWithheld(
	writing: Writing,
	row: { readonly decision: string; readonly disclosure: string },
): void {
	writing.run(sql('withheld_text').insert({ ...row }));
}

/** Destroys it: from now on nobody can show what the log commits to. */
export function dropWithheld(writing: Writing, decision: string): void {
	writing.run(sql('withheld_text').where({ decision }).delete());
}

/** The same for every decision about a post. */
export function dropWithheldOfPost(writing: Writing, post: number): void {
	writing.run(
		written('DELETE FROM withheld_text WHERE decision IN (SELECT id FROM decision WHERE post = ?)', post),
	);
}
