import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** What asks for a record. */
export const RECORD_KINDS = ['records_request', 'court_order', 'official'] as const;
export type RecordKind = (typeof RECORD_KINDS)[number];

/** A record of a case that is given out after the person it is about was told, or without telling them where an order forbids it. */
export interface PreparedRecord {
	readonly id: number;
	readonly decision: string;
	readonly kind: RecordKind;
	/** What the library calls the request; sealed with the data key, empty once the schedule destroyed it. */
	readonly number: string;
	/** Of the texts, redacted, as the person was told of them; sealed, since short texts could be guessed from it. */
	readonly digest: string;
	/** 1: the person was told; 0: an order forbids it. */
	readonly told: 0 | 1;
	/** What the order says; sealed, empty where none forbids telling. */
	readonly forbidden: string;
	readonly staff_id: string;
	readonly created: number;
	/** UTC milliseconds: not before. */
	readonly due: number;
	/** What the person says against it; sealed, empty while they said nothing. */
	readonly objection: string;
	readonly objected: number | null;
	/** All null while it waits. */
	readonly outcome: 'given' | 'taken_back' | null;
	readonly closed: number | null;
	readonly closed_by: string | null;
}

/** By id. */
export function preparedById(reading: Reading, id: number): PreparedRecord | undefined {
	return reading.first<PreparedRecord>(sql('prepared_record').where({ id }));
}

/** Those of one case that its person was told of, the newest first. */
export function toldOf(reading: Reading, decision: string): PreparedRecord[] {
	return reading.all<PreparedRecord>(
		sql('prepared_record').where({ decision, told: 1 }).orderBy('id', 'desc'),
	);
}

/** Those that wait, the first that are due first. */
export function waitingRecords(reading: Reading): PreparedRecord[] {
	return reading.all<PreparedRecord>(sql('prepared_record').whereNull('closed').orderBy('due').orderBy('id'));
}

/** Those that were given out or taken back, the newest first. */
export function closedRecords(reading: Reading, limit: number): PreparedRecord[] {
	const query = sql('prepared_record').whereNotNull('closed').orderBy('closed', 'desc').orderBy('id', 'desc');
	return reading.all<PreparedRecord>(query.limit(limit));
}

/** Keeps a new one. */
export function addPrepared(writing: Writing, row: PreparedRecord): void {
	writing.run(sql('prepared_record').insert({ ...row }));
}

/** Keeps what the person says against it; how many that changed: 0 when it is closed, or they said it before. */
export function addObjection(writing: Writing, id: number, objection: string, objected: number): number {
	const open = sql('prepared_record').where({ id }).whereNull('closed').whereNull('objected');
	return writing.run(open.update({ objection, objected }));
}

/** Closes one; how many that changed: 0 when somebody was faster. */
export function closePrepared(
	writing: Writing,
	id: number,
	said: Pick<PreparedRecord, 'outcome' | 'closed' | 'closed_by'>,
): number {
	return writing.run(
		sql('prepared_record')
			.where({ id })
			.whereNull('closed')
			.update({ ...said }),
	);
}

/** Empties what is sealed of those of one case; that a record was given out, and when, stays. */
export function forgetPrepared(writing: Writing, decision: string): void {
	const nothing = { number: '', digest: '', forbidden: '', objection: '' };
	writing.run(sql('prepared_record').where({ decision }).update(nothing));
}
