import type { UnsealingEntry } from '@understory/core/statement.ts';
import { type Disclosed, reveal } from '@understory/transparency-log/sd.ts';
import type { Statement } from './statement.ts';

/** What the person affected did with a decision about them. */
export interface Unsealed {
	readonly statement: Statement;
	readonly state: UnsealingEntry['state'];
	/** YYYY-MM-DD. */
	readonly on: string;
	/** The words that are public now; null when what is kept here is not what the log committed to, or is gone. */
	readonly words: readonly Disclosed[] | null;
}

/** Holds what is kept against what the log committed to, each time it is shown. */
export function unsealedOn(
	statement: Statement,
	{ state, fields, decided_on }: UnsealingEntry,
	disclosures: readonly string[],
): Unsealed {
	if (state === 'taken_back') return { statement, state, on: decided_on, words: [] };
	const words = reveal(statement.entry._sd, disclosures);
	const whole = fields.every((field) => words?.some(({ name }) => name === field));
	return { statement, state, on: decided_on, words: whole ? words : null };
}
