import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** What a file holds, in the words of this code: whom somebody follows, their lists, whom they keep away from, what they keep. */
export const IMPORT_KINDS = ['following', 'lists', 'mute', 'block', 'hide', 'keep'] as const;
export type ImportKind = (typeof IMPORT_KINDS)[number];

/** A file somebody brought. `shown`: they have not said yet that it is to be done. */
export interface Import {
	readonly id: number;
	readonly person: number;
	readonly kind: ImportKind;
	/** 1: what is not in the file ends. */
	readonly overwrite: 0 | 1;
	readonly state: 'shown' | 'running' | 'done';
	/** The kind it looks like, when that is another one. */
	readonly doubt: ImportKind | null;
	readonly created: number;
	/** When the next of its lines may be done, UTC milliseconds; null while none is to be. */
	readonly due: number | null;
	readonly finished: number | null;
}

/** `already`: it was so before. `left`: not taken, for its reason. */
export type RowState = 'waits' | 'done' | 'already' | 'left';

/** One line of a file, or with `takes` 0 something that is not in it and ends. */
export interface ImportRow {
	readonly n: number;
	readonly takes: 0 | 1;
	/** Where it stands in the file. */
	readonly line: number | null;
	/** An address, a host name or the id of a post, all in one spelling; or the line as it was, when it is none. */
	readonly subject: string;
	/** The server it names; null for what is of here. */
	readonly host: string | null;
	/** Name of a list. */
	readonly list: string | null;
	/** What ends: an actor, an origin, the number of a post or list. */
	readonly object: string | null;
	readonly state: RowState;
	readonly reason: string | null;
	readonly tries: number;
	readonly due: number;
}

export type NewRow = Omit<ImportRow, 'n' | 'tries' | 'due'>;

/** Keeps a file with its lines. */
export function addImport(writing: Writing, one: Import, rows: readonly NewRow[]): void {
	writing.run(sql('import').insert({ ...one }));
	writing.run(sql.raw(ADD_ROWS, [one.id, JSON.stringify(rows)]));
}

const ADD_ROWS = `
INSERT INTO import_row (import, n, takes, line, subject, host, list, object, state, reason)
SELECT ?, each.key + 1, each.value ->> 'takes', each.value ->> 'line', each.value ->> 'subject', each.value ->> 'host',
	each.value ->> 'list', each.value ->> 'object', each.value ->> 'state', each.value ->> 'reason'
FROM json_each(?) AS each`;

/** One of somebody's. */
export function importBy(reading: Reading, person: number, id: number): Import | undefined {
	return reading.first<Import>(sql('import').where({ person, id }));
}

/** All of somebody's, newest first. */
export function importsBy(reading: Reading, person: number): Import[] {
	return reading.all<Import>(sql('import').where({ person }).orderBy('id', 'desc'));
}

/** The one whose lines have waited longest, or undefined. */
export function nextImport(reading: Reading): Import | undefined {
	return reading.first<Import>(sql('import').whereNotNull('due').orderBy('due').limit(1));
}

/** Changes how far it is. */
export function changeImport(
	writing: Writing,
	id: number,
	changes: Partial<Pick<Import, 'state' | 'due' | 'finished'>>,
): void {
	writing.run(sql('import').where({ id }).update(changes));
}

/** Takes a file away with its lines. */
export function removeImport(writing: Writing, id: number): void {
	writing.run(sql('import').where({ id }).delete());
}

/** Takes away what nobody said yes to, and what was done long ago. */
export function sweepImports(writing: Writing, shownBefore: number, doneBefore: number): void {
	writing.run(sql('import').where({ state: 'shown' }).where('created', '<', shownBefore).delete());
	writing.run(sql('import').where({ state: 'done' }).where('finished', '<', doneBefore).delete());
}

/** Lines that may be done now, in their order. */
export function waitingRows(reading: Reading, id: number, now: number, limit: number): ImportRow[] {
	const query = sql('import_row').where({ import: id, state: 'waits' }).where('due', '<=', now);
	return reading.all<ImportRow>(query.orderBy('n').limit(limit));
}

/** When the first line that waits may be done; null when none waits. */
export function nextRowAt(reading: Reading, id: number): number | null {
	const query = sql('import_row').min({ at: 'due' }).where({ import: id, state: 'waits' });
	return reading.first<{ at: number | null }>(query)?.at ?? null;
}

/** What became of a line. */
export function finishRow(
	writing: Writing,
	id: number,
	n: number,
	state: RowState,
	reason: string | null = null,
): void {
	writing.run(sql('import_row').where({ import: id, n }).update({ state, reason }));
}

/** A server did not answer: all its lines wait, and those that were tried so often are left. */
export function putOffHost(
	writing: Writing,
	id: number,
	host: string,
	wait: { readonly until: number; readonly most: number; readonly reason: string },
): void {
	const rows = () => sql('import_row').where({ import: id, host, state: 'waits', takes: 1 });
	writing.run(rows().update({ tries: sql.raw('tries + 1'), due: wait.until }));
	writing.run(rows().where('tries', '>=', wait.most).update({ state: 'left', reason: wait.reason }));
}

/** How many lines there are of each kind and state. */
export function countRows(
	reading: Reading,
	id: number,
): { readonly takes: 0 | 1; readonly state: RowState; readonly n: number }[] {
	return reading.all(
		sql('import_row')
			.select('takes', 'state')
			.count({ n: '*' })
			.where({ import: id })
			.groupBy('takes', 'state'),
	);
}

/** Lines in one state, in their order. */
export function rowsIn(
	reading: Reading,
	id: number,
	which: { readonly takes?: 0 | 1; readonly state: RowState },
	limit: number,
): ImportRow[] {
	return reading.all<ImportRow>(
		sql('import_row')
			.where({ import: id, ...which })
			.orderBy('n')
			.limit(limit),
	);
}

/** How many were left for each reason. */
export function countReasons(
	reading: Reading,
	id: number,
): { readonly reason: string; readonly n: number }[] {
	const query = sql('import_row').select('reason').count({ n: '*' }).where({ import: id, state: 'left' });
	return reading.all(query.groupBy('reason').orderBy('n', 'desc'));
}

/** The servers its waiting lines name, with how many of each, and how many of these are known here already. */
export function hostsOf(
	reading: Reading,
	id: number,
): { readonly host: string; readonly n: number; readonly known: number }[] {
	return reading.all(sql.raw(HOSTS, [id]));
}

/** Leaves the waiting lines that name one of these servers; with `knownToo` also those that name somebody or something known here. */
export function leaveHosts(
	writing: Writing,
	id: number,
	hosts: readonly string[],
	{ knownToo, reason }: { readonly knownToo: boolean; readonly reason: string },
): void {
	const waits = "import = ? AND state = 'waits' AND takes = 1 AND host IN (SELECT value FROM json_each(?))";
	const which = knownToo ? waits : `${waits} AND NOT (${KNOWN})`;
	const change = `UPDATE import_row SET state = 'left', reason = ? WHERE ${which}`;
	writing.run(sql.raw(change, [reason, id, JSON.stringify(hosts)]));
}

/** Whether a line names somebody or something that is known here. */
const KNOWN = `EXISTS (SELECT 1 FROM post WHERE uri = subject) OR EXISTS (
	SELECT 1 FROM remote_actor
	WHERE remote_actor.host = import_row.host AND instr(subject, '@') > 0
		AND remote_actor.handle = substr(subject, 1, instr(subject, '@') - 1) COLLATE NOCASE
)`;

const HOSTS = `
SELECT host, count(*) AS n, sum(${KNOWN}) AS known
FROM import_row WHERE import = ? AND takes = 1 AND state = 'waits' AND host IS NOT NULL
GROUP BY host ORDER BY host`;
