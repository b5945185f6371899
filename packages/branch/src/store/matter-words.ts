import { sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Does a matter still hold what anybody said: reports, notes, the reason it was closed with? */
const KEEPS = `(coalesce(m.reason, '') <> '' OR EXISTS (SELECT 1 FROM matter_note n WHERE n.matter = m.id)
	OR EXISTS (SELECT 1 FROM report r WHERE r.matter = m.id AND r.words <> ''))`;
/** A matter goes no sooner than the case it became: not while that is held, or waits for the answer to an appeal. */
const FREE = `NOT EXISTS (SELECT 1 FROM legal_hold h WHERE h.decision = m.decision AND h.released IS NULL)
	AND NOT EXISTS (SELECT 1 FROM appeal a WHERE a.decision = m.decision AND a.decided IS NULL)`;

/** How many matters, open or closed, hold what somebody said. */
export function countMatterWords(reading: Reading): number {
	return reading.first<{ n: number }>(written(`SELECT count(*) AS n FROM matter m WHERE ${KEEPS}`))?.n ?? 0;
}

/** Empties matters that were closed before a moment, at most so many; that something was reported and how it ended stays. Returns how many. */
export function forgetMatterWords(writing: Writing, before: number, limit: number): number {
	const query = `SELECT m.id FROM matter m WHERE m.closed < ? AND ${KEEPS} AND ${FREE} ORDER BY m.closed LIMIT ?`;
	const due = writing.all<{ id: number }>(written(query, before, limit)).map(({ id }) => id);
	for (const matter of due) {
		writing.run(sql('matter_note').where({ matter }).delete());
		writing.run(sql('report').where({ matter }).update({ words: '' }));
		writing.run(sql('matter').where({ id: matter }).update({ reason: null }));
	}
	return due.length;
}
