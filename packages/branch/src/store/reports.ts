import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Somebody asks the hosts to look at a post, or at somebody. */
export interface Report {
	readonly id: number;
	/** Null when it is about somebody. */
	readonly post: number | null;
	/** Actor id of whom it is about; null when it is about a post. */
	readonly about: string | null;
	/** Actor id of whoever asks. */
	readonly actor: string;
	/** Why, in their words. */
	readonly words: string;
	/** Id of the activity with which the author's own server was asked too, without saying by whom; null when it was not. */
	readonly told: string | null;
	readonly created: number;
	readonly closed: number | null;
	readonly staff_id: string | null;
}

/** Keeps it; asking again about the same opens it again with the new words. */
export function keepReport(writing: Writing, report: Report): void {
	const { words, told, created, closed, staff_id } = report;
	writing.run(
		sql('report')
			.insert({ ...report })
			.onConflict([report.post === null ? 'about' : 'post', 'actor'])
			.merge({ words, told, created, closed, staff_id }),
	);
}

/** By the activity that told of it. */
export function reportByActivity(reading: Reading, told: string): Report | undefined {
	return reading.first<Report>(sql('report').where({ told }));
}

/** Those that nobody has closed, oldest first. */
export function openReports(reading: Reading, limit: number): Report[] {
	return reading.all<Report>(sql('report').whereNull('closed').orderBy('id').limit(limit));
}

/** How many nobody has closed. */
export function countOpenReports(reading: Reading): number {
	return reading.first<{ n: number }>(sql('report').count({ n: '*' }).whereNull('closed'))?.n ?? 0;
}

/** A host looked at it. */
export function closeReport(writing: Writing, id: number, staff_id: string, closed: number): number {
	return writing.run(sql('report').where({ id }).whereNull('closed').update({ staff_id, closed }));
}
