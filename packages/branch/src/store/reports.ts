import type { Entry } from '@understory/core/statement.ts';
import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** From whom it came, in the words of the log; `visitor` for somebody without an account, `filter` for a phrase that hosts look for, `list` for a picture on a list. */
export type ReportSource = Entry['source'] | 'visitor' | 'filter' | 'list';

/** Somebody asks the hosts to look at a post, or at somebody. */
export interface Report {
	readonly id: number;
	/** What it belongs to. */
	readonly matter: number;
	/** Null when it is about somebody. */
	readonly post: number | null;
	/** Actor id of whom it is about; null when it is about a post. */
	readonly about: string | null;
	/** Actor id of whoever asks; null for whoever has no account. */
	readonly actor: string | null;
	readonly source: ReportSource;
	/** Why, in their words. */
	readonly words: string;
	/** Id of the activity with which the author's own server was asked too, without saying by whom; null when it was not. */
	readonly told: string | null;
	/** Digest of the code with which somebody without an account reads what came of it. */
	readonly receipt: string | null;
	readonly created: number;
	readonly closed: number | null;
}

/** Keeps it; asking again about what is still open leaves the new words. */
export function keepReport(writing: Writing, report: Report): void {
	const { words, told } = report;
	writing.run(
		sql('report')
			.insert({ ...report })
			.onConflict(['matter', 'actor'])
			.merge({ words, told }),
	);
}

/** By the activity that told of it. */
export function reportByActivity(reading: Reading, told: string): Report | undefined {
	return reading.first<Report>(sql('report').where({ told }));
}

/** By the digest of its receipt. */
export function reportByReceipt(reading: Reading, receipt: string): Report | undefined {
	return reading.first<Report>(sql('report').where({ receipt }));
}

/** How many people without an account asked since a moment. */
export function countVisitorsSince(reading: Reading, since: number): number {
	const query = sql('report').count({ n: '*' }).where({ source: 'visitor' }).where('created', '>=', since);
	return reading.first<{ n: number }>(query)?.n ?? 0;
}

/** All about one matter, the oldest first. */
export function reportsOf(reading: Reading, matter: number): Report[] {
	return reading.all<Report>(sql('report').where({ matter }).orderBy('id'));
}

/** Everything an actor reported, the oldest first. */
export function reportsByActor(reading: Reading, actor: string): Report[] {
	return reading.all<Report>(sql('report').where({ actor }).orderBy('id'));
}

/** What one actor said in one matter. */
export function reportBy(reading: Reading, matter: number, actor: string): Report | undefined {
	return reading.first<Report>(sql('report').where({ matter, actor }));
}

/** Closes all of one matter at a moment, or opens them again. */
export function closeReports(writing: Writing, matter: number, closed: number | null): void {
	writing.run(sql('report').where({ matter }).update({ closed }));
}
