import type { AgeBand } from '@understory/core/claims.ts';
import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Somebody new who would like somebody to say hello. */
export interface Greeting {
	readonly person: number;
	/** When they said so, UTC milliseconds. */
	readonly asked: number;
	/** When somebody wrote to them, and the staff number of who it was; null while nobody did. */
	readonly greeted: number | null;
	readonly staff_id: string | null;
}

/** The same with what greeters read of them. */
export interface Newcomer extends Greeting {
	readonly name: string;
	readonly handle: string;
	readonly language: string;
	readonly age_band: AgeBand;
	/** When they joined, UTC milliseconds. */
	readonly created: number;
}

/** Keeps that somebody would like it; twice is once. */
export function addGreeting(writing: Writing, person: number, asked: number): void {
	writing.run(
		sql('greeting').insert({ person, asked, greeted: null, staff_id: null }).onConflict('person').ignore(),
	);
}

/** By the number of the account. */
export function greetingOf(reading: Reading, person: number): Greeting | undefined {
	return reading.first<Greeting>(sql('greeting').where({ person }));
}

/** Who joined since a moment and would like it: first those to whom nobody wrote, the longest here first. */
export function newcomersSince(reading: Reading, since: number): Newcomer[] {
	const query = written(
		`SELECT greeting.*, name, handle, language, age_band, created FROM greeting JOIN person ON person.id = greeting.person
			WHERE gone IS NULL AND created >= ? ORDER BY greeted IS NOT NULL, created, id`,
		since,
	);
	return reading.all<Newcomer>(query);
}

/** Keeps who wrote; whether nobody had before. */
export function markGreeted(
	writing: Writing,
	person: number,
	by: { readonly greeted: number; readonly staff_id: string },
): boolean {
	return (
		writing.run(
			sql('greeting')
				.where({ person })
				.whereNull('greeted')
				.update({ ...by }),
		) > 0
	);
}

/** They would rather not, or it is over. */
export function dropGreeting(writing: Writing, person: number): void {
	writing.run(sql('greeting').where({ person }).delete());
}

/** Forgets everything about those who joined before a moment. */
export function sweepGreetings(writing: Writing, before: number): void {
	const old = sql('person').select('id').where('created', '<', before);
	writing.run(sql('greeting').whereIn('person', old).delete());
}
