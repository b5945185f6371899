import type { Office } from '@understory/core/office.ts';
import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

export const LABEL_KINDS = ['official', 'personal'] as const;
export type LabelKind = (typeof LABEL_KINDS)[number];

/** Why a label is over: they took it back, the library did or would not set it, or the term ended. */
export type LabelEnd = 'taken_back' | 'refused' | 'by_staff' | 'term';

/** What an account is labelled as, by its owner's own word. */
export interface OfficeLabel extends Office {
	readonly id: number;
	readonly person: number;
	readonly kind: LabelKind;
	/** When they said so themselves. UTC milliseconds, as all times here. */
	readonly said: number;
	/** Since when it is shown; null while an official one waits for the library. */
	readonly set_at: number | null;
	/** Staff number; null for what the person alone says. */
	readonly set_by: string | null;
	readonly reminded: number | null;
	readonly ended: number | null;
	readonly ended_why: LabelEnd | null;
	/** Staff number, where the staff did it. */
	readonly ended_by: string | null;
}

/** What somebody's account is labelled as, or asked to be. */
export function labelOf(reading: Reading, person: number): OfficeLabel | undefined {
	return reading.first<OfficeLabel>(
		written('SELECT * FROM office_label WHERE person = ? AND ended IS NULL', person),
	);
}

/** Is anybody's account labelled here? At nearly every branch nobody's is, and nothing more has to be looked at. */
export function hasLabels(reading: Reading): boolean {
	return reading.first(written('SELECT 1 FROM office_label WHERE ended IS NULL LIMIT 1')) !== undefined;
}

/** One of those that are not over. */
export function openLabel(reading: Reading, id: number): OfficeLabel | undefined {
	return reading.first<OfficeLabel>(sql('office_label').where({ id }).whereNull('ended'));
}

/** All that are not over, the oldest first. */
export function openLabels(reading: Reading): OfficeLabel[] {
	return reading.all<OfficeLabel>(sql('office_label').whereNull('ended').orderBy('id'));
}

/** Keeps one. Fails when another of the same person is not over. */
export function addLabel(writing: Writing, label: OfficeLabel): void {
	writing.run(sql('office_label').insert({ ...label }));
}

/** Changes what may change of one. */
export function changeLabel(
	writing: Writing,
	id: number,
	changes: Partial<Pick<OfficeLabel, 'set_at' | 'set_by' | 'reminded' | 'ended' | 'ended_why' | 'ended_by'>>,
): void {
	writing.run(
		sql('office_label')
			.where({ id })
			.update({ ...changes }),
	);
}

/** Was somebody told that a quorum of the body takes part in this conversation? */
export function wasTold(reading: Reading, thread: number, body: string, person: number): boolean {
	return reading.first(sql('quorum_told').where({ thread, body, person })) !== undefined;
}

/** Keeps that somebody was told; whether it is the first time. */
export function keepTold(
	writing: Writing,
	told: { readonly thread: number; readonly body: string; readonly person: number; readonly at: number },
): boolean {
	return (
		writing.run(
			sql('quorum_told')
				.insert({ ...told })
				.onConflict(['thread', 'body', 'person'])
				.ignore(),
		) > 0
	);
}
