import type { AppealOutcome, Meanwhile } from '@understory/core/statement.ts';
import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Somebody does not agree with a decision; each step of the ladder is one. */
export interface AppealRow {
	/** Random UUIDv4: the id of its entry. */
	readonly id: string;
	readonly decision: string;
	/** From 1. */
	readonly step: number;
	readonly person: number;
	/** Sealed with the data key. */
	readonly words: string;
	/** What the decision does until this is decided. */
	readonly meanwhile: Meanwhile;
	readonly filed: number;
	/** Who wrote it down for somebody who gave it in on paper; null for what was written here. */
	readonly taken_by: string | null;
	/** YYYY-MM-DD in the library's zone: until when it is to be decided. */
	readonly due: string;
	/** All null while nobody has decided. */
	readonly outcome: AppealOutcome | null;
	readonly outcome_id: string | null;
	/** Sealed with the data key. */
	readonly reason: string | null;
	readonly staff_id: string | null;
	readonly decided: number | null;
}

/** By id. */
export function appealById(reading: Reading, id: string): AppealRow | undefined {
	return reading.first<AppealRow>(sql('appeal').where({ id }));
}

/** All against one decision, by step. */
export function appealsOf(reading: Reading, decision: string): AppealRow[] {
	return reading.all<AppealRow>(sql('appeal').where({ decision }).orderBy('step'));
}

/** Those nobody has decided, the oldest first. */
export function openAppeals(reading: Reading): AppealRow[] {
	return reading.all<AppealRow>(sql('appeal').whereNull('decided').orderBy('filed').orderBy('id'));
}

/** Those decided since a moment, the newest first. */
export function decidedAppeals(reading: Reading, since: number): AppealRow[] {
	return reading.all<AppealRow>(
		sql('appeal').where('decided', '>=', since).orderBy('decided', 'desc').orderBy('id'),
	);
}

/** Keeps a new one; fails when this step was taken already. */
export function addAppeal(writing: Writing, appeal: AppealRow): void {
	writing.run(sql('appeal').insert({ ...appeal }));
}

/** Decides one; how many that changed: 0 when somebody was faster. */
export function decideAppeal(
	writing: Writing,
	id: string,
	answer: {
		readonly outcome: AppealOutcome;
		readonly outcome_id: string;
		readonly reason: string;
		readonly staff_id: string;
		readonly decided: number;
	},
): number {
	return writing.run(
		sql('appeal')
			.where({ id })
			.whereNull('decided')
			.update({ ...answer }),
	);
}
