import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** A phrase somebody would rather be warned of. */
export interface Filter {
	readonly id: number;
	readonly person: number;
	readonly phrase: string;
	/** 1: as words of their own, not inside others. */
	readonly whole: 0 | 1;
	/** UTC milliseconds, or null for ever. */
	readonly until: number | null;
}

/** Somebody's filters that hold at `now`, oldest first. */
export function filtersOf(reading: Reading, person: number, now: number): Filter[] {
	const query = sql('filter').where({ person }).whereRaw('(until IS NULL OR until > ?)', [now]);
	return reading.all<Filter>(query.orderBy('id'));
}

/** Keeps a new one. */
export function addFilter(writing: Writing, filter: Filter): void {
	writing.run(sql('filter').insert({ ...filter }));
}

/** Takes one of somebody's away. */
export function removeFilter(writing: Writing, person: number, id: number): void {
	writing.run(sql('filter').where({ person, id }).delete());
}
