import type { RequestOutcome } from '@understory/core/statement.ts';
import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** What an office asked the library about a case that somebody let it read. */
export interface OfficeQuestion {
	/** Random UUIDv4: the id of its entry. */
	readonly id: string;
	readonly release: string;
	/** Sealed with the data key; empty once the schedule destroyed it. */
	readonly words: string;
	/** YYYY-MM-DD in the library's zone: until when it is to be answered. */
	readonly due: string;
	readonly asked: number;
	/** All null while nobody has answered. */
	readonly outcome: RequestOutcome | null;
	readonly outcome_id: string | null;
	/** Sealed with the data key; null for what was withdrawn. */
	readonly answer: string | null;
	readonly staff_id: string | null;
	readonly closed: number | null;
}

/** By id. */
export function questionById(reading: Reading, id: string): OfficeQuestion | undefined {
	return reading.first<OfficeQuestion>(sql('office_question').where({ id }));
}

/** Those of one release, the oldest first. */
export function questionsOf(reading: Reading, release: string): OfficeQuestion[] {
	return reading.all<OfficeQuestion>(
		sql('office_question').where({ release }).orderBy('asked').orderBy('id'),
	);
}

/** Those nobody has answered, the first that are due first. */
export function openQuestions(reading: Reading): OfficeQuestion[] {
	return reading.all<OfficeQuestion>(
		sql('office_question').whereNull('closed').orderBy('due').orderBy('asked'),
	);
}

/** Those that were closed last, the newest first. */
export function closedQuestions(reading: Reading, limit: number): OfficeQuestion[] {
	const query = sql('office_question').whereNotNull('closed').orderBy('closed', 'desc').orderBy('id');
	return reading.all<OfficeQuestion>(query.limit(limit));
}

/** Keeps a new one; fails while another of the same release is open. */
export function addQuestion(
	writing: Writing,
	question: Pick<OfficeQuestion, 'id' | 'release' | 'words' | 'due' | 'asked'>,
): void {
	writing.run(sql('office_question').insert({ ...question }));
}

/** Closes one; how many that changed: 0 when somebody was faster. */
export function closeQuestion(
	writing: Writing,
	id: string,
	said: Pick<OfficeQuestion, 'outcome' | 'outcome_id' | 'answer' | 'staff_id' | 'closed'>,
): number {
	return writing.run(
		sql('office_question')
			.where({ id })
			.whereNull('closed')
			.update({ ...said }),
	);
}
