import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Actor ids of accounts elsewhere that are somebody's too. */
export function aliasesOf(reading: Reading, person: number): string[] {
	const query = sql('alias').select('actor').where({ person }).orderBy('actor');
	return reading.all<{ actor: string }>(query).map(({ actor }) => actor);
}

/** Keeps one. */
export function addAlias(writing: Writing, person: number, actor: string): void {
	writing.run(sql('alias').insert({ person, actor }).onConflict().ignore());
}

/** Takes one away. */
export function removeAlias(writing: Writing, person: number, actor: string): void {
	writing.run(sql('alias').where({ person, actor }).delete());
}
