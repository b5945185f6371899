import type { OfficeInLog } from '@understory/core/statement.ts';
import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Whom somebody lets read their case: the office, and who held it then, as the library's contacts say. */
export type NamedOffice = OfficeInLog & { readonly name: string | null };

/** Somebody lets one office read one case. */
export interface ReleaseRow {
	/** Random UUIDv4. */
	readonly id: string;
	readonly decision: string;
	readonly person: number;
	readonly office: NamedOffice;
	/** YYYY-MM-DD in the library's zone: the last day. */
	readonly until: string;
	/** May the office read what the post said? */
	readonly words: boolean;
	/** Digest of the code. */
	readonly code: string;
	/** Who took it at a desk; null for what was signed here. */
	readonly taken_by: string | null;
	readonly created: number;
	/** UTC milliseconds; null while it was not revoked. */
	readonly revoked: number | null;
}

type Row = Omit<ReleaseRow, 'office' | 'words'> & { readonly office: string; readonly words: number };

/** By id. */
export function releaseById(reading: Reading, id: string): ReleaseRow | undefined {
	return rowOf(reading.first<Row>(sql('case_release').where({ id })));
}

/** By the digest of its code. */
export function releaseByCode(reading: Reading, code: string): ReleaseRow | undefined {
	return rowOf(reading.first<Row>(sql('case_release').where({ code })));
}

/** All of one case, the newest first. */
export function releasesOf(reading: Reading, decision: string): ReleaseRow[] {
	const query = sql('case_release').where({ decision }).orderBy('created', 'desc').orderBy('id');
	return reading.all<Row>(query).map((row) => rowOf(row)!);
}

/** Somebody's that were not revoked, whether their day is over or not. */
export function unrevokedOf(reading: Reading, person: number): ReleaseRow[] {
	return reading
		.all<Row>(sql('case_release').where({ person }).whereNull('revoked'))
		.map((row) => rowOf(row)!);
}

/** How many stand on this day (YYYY-MM-DD). */
export function countReleases(reading: Reading, today: string): number {
	const standing = sql('case_release').count({ n: '*' }).whereNull('revoked').where('until', '>=', today);
	return reading.first<{ n: number }>(standing)?.n ?? 0;
}

/** Keeps one. */
export function addRelease(writing: Writing, row: ReleaseRow): void {
	const [office, words] = [JSON.stringify(row.office), row.words ? 1 : 0];
	writing.run(sql('case_release').insert({ ...row, office, words }));
}

/** It is over now; how many that changed: 0 when it was before. */
export function revokeRelease(writing: Writing, id: string, revoked: number): number {
	return writing.run(sql('case_release').where({ id }).whereNull('revoked').update({ revoked }));
}

/** Keeps that it was read. */
export function addLook(
	writing: Writing,
	look: { readonly id: number; readonly release: string; readonly at: number },
): void {
	writing.run(sql('release_look').insert({ ...look }));
}

/** When it was read, the newest first. */
export function looksOf(reading: Reading, release: string, limit: number): number[] {
	const query = sql('release_look').where({ release }).orderBy('id', 'desc').limit(limit);
	return reading.all<{ at: number }>(query).map(({ at }) => at);
}

/** How often it was read. */
export function countLooks(reading: Reading, release: string): number {
	return reading.first<{ n: number }>(sql('release_look').count({ n: '*' }).where({ release }))?.n ?? 0;
}

function rowOf(row: Row | undefined): ReleaseRow | undefined {
	return row && { ...row, office: JSON.parse(row.office) as NamedOffice, words: row.words === 1 };
}
