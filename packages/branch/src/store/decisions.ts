import type { Action } from '@understory/core/rule.ts';
import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** A host's decision about a post: the case. Its id is the id of the public statement. */
export interface DecisionRow {
	/** Random UUIDv4. */
	readonly id: string;
	readonly post: number;
	/** Whom it is about; null when they have no account here. */
	readonly person: number | null;
	readonly rule: string;
	readonly rule_version: number;
	readonly policy: string;
	readonly policy_version: number;
	readonly actions: readonly Action[];
	/** Sealed with the data key. */
	readonly facts: string;
	readonly staff_id: string;
	/** YYYY-MM-DD. */
	readonly appeal_until: string;
	readonly created: number;
}

type Row = Omit<DecisionRow, 'actions'> & { readonly actions: string };

/** By id. */
export function decisionById(reading: Reading, id: string): DecisionRow | undefined {
	const row = reading.first<Row>(sql('decision').where({ id }));
	return row && { ...row, actions: JSON.parse(row.actions) as Action[] };
}

/** Keeps a decision. */
export function addDecision(writing: Writing, decision: DecisionRow): void {
	writing.run(sql('decision').insert({ ...decision, actions: JSON.stringify(decision.actions) }));
}

/** The number a member of the staff goes by in the log this year: a pseudonym that ends with the year. */
export function staffNumber(writing: Writing, staffId: string, year: number): number {
	const known = writing.first<{ number: number }>(
		sql('staff_number').select('number').where({ staff_id: staffId, year }),
	);
	if (known) return known.number;
	const top = writing.first<{ n: number | null }>(sql('staff_number').max({ n: 'number' }).where({ year }));
	const number = (top?.n ?? 0) + 1;
	writing.run(sql('staff_number').insert({ staff_id: staffId, year, number }));
	return number;
}
