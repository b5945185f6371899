import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

export const SAID_BY = ['parent', 'guardian'] as const;

/** That a teen's parent or guardian said yes to posts for everyone, as it was told at a desk. Nobody's name but the teen's account. */
export interface ParentsYes {
	readonly id: number;
	readonly person: number;
	readonly said_by: (typeof SAID_BY)[number];
	/** UTC milliseconds. */
	readonly recorded: number;
	/** Staff number of whoever wrote it down. */
	readonly recorded_by: string;
	/** When it was taken back, and who wrote that down; null while it holds. */
	readonly ended: number | null;
	readonly ended_by: string | null;
}

/** The yes that holds for somebody now. */
export function parentsYesOf(reading: Reading, person: number): ParentsYes | undefined {
	return reading.first<ParentsYes>(
		written('SELECT * FROM parents_yes WHERE person = ? AND ended IS NULL', person),
	);
}

/** All there were, the newest first. */
export function allParentsYes(reading: Reading, limit: number): ParentsYes[] {
	return reading.all<ParentsYes>(sql('parents_yes').orderBy('id', 'desc').limit(limit));
}

/** Keeps one. Fails when one holds already. */
export function addParentsYes(writing: Writing, yes: ParentsYes): void {
	writing.run(sql('parents_yes').insert({ ...yes }));
}

/** It does not hold any more; whether one did. */
export function endParentsYes(writing: Writing, person: number, at: number, by: string): boolean {
	const query = sql('parents_yes').where({ person }).whereNull('ended').update({ ended: at, ended_by: by });
	return writing.run(query) > 0;
}
