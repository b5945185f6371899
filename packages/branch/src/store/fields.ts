import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** A line somebody says of themselves. */
export interface Field {
	readonly person: number;
	readonly n: number;
	readonly name: string;
	readonly value: string;
	/** For an address in the web: when it is looked at next, in UTC milliseconds. */
	readonly check_at: number | null;
	/** When the page there was last seen to link back; null when it did not. */
	readonly verified: number | null;
}

/** In the order in which they are shown. */
export function fieldsOf(reading: Reading, person: number): Field[] {
	return reading.all<Field>(written('SELECT * FROM profile_field WHERE person = ? ORDER BY n', person));
}

/** Keeps these lines in place of those before. */
export function setFields(writing: Writing, person: number, fields: readonly Field[]): void {
	writing.run(sql('profile_field').where({ person }).delete());
	for (const field of fields) writing.run(sql('profile_field').insert({ ...field }));
}

/** The address that is to be looked at first, or undefined. */
export function nextCheck(reading: Reading): Field | undefined {
	return reading.first<Field>(sql('profile_field').whereNotNull('check_at').orderBy('check_at'));
}

/** Keeps what was found there, unless the line was changed meanwhile. */
export function keepCheck(
	writing: Writing,
	{ person, n, value }: Field,
	found: Pick<Field, 'check_at' | 'verified'>,
): void {
	writing.run(
		sql('profile_field')
			.where({ person, n, value })
			.update({ ...found }),
	);
}
