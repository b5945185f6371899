import type { RetentionClass } from '@understory/core/records-profile.ts';
import { forgetPrepared } from './prepared-records.ts';
import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Those that are kept by decisions. */
type OfCases = Exclude<RetentionClass, 'reports' | 'accesses'>;

/** A case that is not destroyed, whatever its time says. */
export interface LegalHold {
	readonly id: number;
	readonly decision: string;
	/** Sealed with the data key. */
	readonly reason: string;
	readonly staff_id: string;
	readonly created: number;
	readonly released: number | null;
	readonly released_by: string | null;
}

/** What was destroyed, without a word of what it was. */
export interface Destruction {
	readonly id: number;
	readonly class: RetentionClass;
	/** Cases, matters, or rows of who looked. */
	readonly count: number;
	/** The years that held then. */
	readonly years: number;
	readonly at: number;
}

/** The hold on a case; undefined when there is none, or it was released. */
export function holdOn(reading: Reading, decision: string): LegalHold | undefined {
	return reading.first<LegalHold>(sql('legal_hold').where({ decision }).whereNull('released'));
}

/** Keeps a hold; fails when there is one. */
export function addHold(writing: Writing, hold: LegalHold): void {
	writing.run(sql('legal_hold').insert({ ...hold }));
}

/** Releases the hold on a case; how many that changed. */
export function releaseHold(writing: Writing, decision: string, released: number, by: string): number {
	const open = sql('legal_hold').where({ decision }).whereNull('released');
	return writing.run(open.update({ released, released_by: by }));
}

/** Cases that are held now, the oldest first. */
export function listHolds(reading: Reading, limit: number): LegalHold[] {
	return reading.all<LegalHold>(sql('legal_hold').whereNull('released').orderBy('id').limit(limit));
}

/** A case is over when nobody waits for an answer; its time begins with the last thing that was decided in it, or with the end of what it did. */
const OVER = `NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.decision = d.id AND h.released IS NULL)
	AND NOT EXISTS (SELECT 1 FROM appeal a WHERE a.decision = d.id AND a.decided IS NULL)
	AND NOT EXISTS (SELECT 1 FROM office_question q JOIN case_release r ON r.id = q.release WHERE r.decision = d.id AND q.closed IS NULL)
	AND NOT EXISTS (SELECT 1 FROM prepared_record p WHERE p.decision = d.id AND p.closed IS NULL)
	AND max(d.created, coalesce(d.until, 0),
		coalesce((SELECT max(q.closed) FROM office_question q JOIN case_release r ON r.id = q.release WHERE r.decision = d.id), 0),
		coalesce((SELECT max(p.closed) FROM prepared_record p WHERE p.decision = d.id), 0),
		coalesce((SELECT max(a.decided) FROM appeal a WHERE a.decision = d.id), 0),
		coalesce((SELECT max(f.created) FROM decision f WHERE f.follows = d.id), 0)) < ?`;
const KEEPS: Readonly<Record<OfCases, string>> = {
	removed: `(EXISTS (SELECT 1 FROM case_file c WHERE c.decision = d.id AND (c.name = 'post' OR c.name LIKE 'held:%'))
		OR EXISTS (SELECT 1 FROM withheld_text w WHERE w.decision = d.id))`,
	words: `(EXISTS (SELECT 1 FROM appeal a WHERE a.decision = d.id AND a.words <> '')
		OR EXISTS (SELECT 1 FROM answer a WHERE a.decision = d.id AND a.words <> '')
		OR EXISTS (SELECT 1 FROM prepared_record p WHERE p.decision = d.id AND p.number <> '')
		OR EXISTS (SELECT 1 FROM office_question q JOIN case_release r ON r.id = q.release WHERE r.decision = d.id AND q.words <> ''))`,
};

/** Cases that keep something of this class and were over before that moment, at most so many. */
export function casesDue(
	reading: Reading,
	keeps: OfCases,
	before: number,
	limit: number,
): { readonly id: string; readonly post: number | null }[] {
	const query = `SELECT d.id, d.post FROM decision d WHERE ${KEEPS[keeps]} AND ${OVER} ORDER BY d.created LIMIT ?`;
	return reading.all<{ id: string; post: number | null }>(written(query, before, limit));
}

/** How many cases keep something of this class. */
export function countKept(reading: Reading, keeps: OfCases): number {
	const query = `SELECT count(*) AS n FROM decision d WHERE ${KEEPS[keeps]}`;
	return reading.first<{ n: number }>(written(query))?.n ?? 0;
}

/** Empties what people said in a case, to appeals, before, to offices, and against records; that they said something stays. */
export function forgetWords(writing: Writing, decision: string): void {
	for (const table of ['appeal', 'answer']) writing.run(sql(table).where({ decision }).update({ words: '' }));
	forgetPrepared(writing, decision);
	const releases = sql('case_release').select('id').where({ decision });
	writing.run(sql('office_question').whereIn('release', releases).update({ words: '', answer: '' }));
}

/** Keeps that something was destroyed. */
export function addDestruction(writing: Writing, destruction: Destruction): void {
	writing.run(sql('destruction').insert({ ...destruction }));
}

/** What was destroyed, the newest first. */
export function listDestructions(reading: Reading, limit: number): Destruction[] {
	return reading.all<Destruction>(sql('destruction').orderBy('id', 'desc').limit(limit));
}
