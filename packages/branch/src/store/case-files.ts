import { added, sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** What a post says and shows stands in these, each by the number of the post; what depends on a row comes after it. */
const TABLES = [
	...(['post_version', 'post_tag', 'media', 'poll', 'poll_choice', 'vote', 'quote', 'event'] as const),
];
/** And in these of its own columns. */
const COLUMNS = ['content_html', 'source', 'summary', 'title', 'emoji'] as const;

type Row = Readonly<Record<string, string | number | null>>;

/** A post taken out of every table, row by row, so that it can be put back exactly. */
export interface PackedPost {
	readonly columns: Row;
	readonly rows: Readonly<Record<(typeof TABLES)[number], readonly Row[]>>;
}

/** Everything a post says and shows, as it stands now. */
export function packPost(reading: Reading, post: number): PackedPost {
	const columns = reading.first<Row>(
		sql('post')
			.select(...COLUMNS)
			.where({ id: post }),
	)!;
	const rows = TABLES.map((table) => [table, reading.all<Row>(sql(table).where({ post }))] as const);
	return { columns, rows: Object.fromEntries(rows) as unknown as PackedPost['rows'] };
}

/** Takes the rows of a post away; its columns are the caller's. */
export function dropRows(writing: Writing, post: number): void {
	for (const table of [...TABLES].reverse()) writing.run(sql(table).where({ post }).delete());
}

/** Puts them back. */
export function putRows(writing: Writing, { rows }: PackedPost): void {
	for (const table of TABLES) for (const row of rows[table]) writing.run(added(table, row));
}

/** Keeps a sealed part of a case. */
export function keepCaseFile(
	writing: Writing,
	file: {
		readonly decision: string;
		readonly name: string;
		readonly sealed: string;
		readonly created: number;
	},
): void {
	writing.run(
		sql('case_file')
			.insert({ ...file })
			.onConflict(['decision', 'name'])
			.merge(),
	);
}

/** One part of a case, sealed. */
export function caseFile(reading: Reading, decision: string, name: string): string | undefined {
	return reading.first<{ sealed: string }>(sql('case_file').where({ decision, name }))?.sealed;
}

/** A part of a case. */
export interface CaseFile {
	readonly name: string;
	/** With the data key, as `case:<decision>:<name>`. */
	readonly sealed: string;
}

/** Every part of a case. */
export function caseFilesOf(reading: Reading, decision: string): CaseFile[] {
	return reading.all<CaseFile>(sql('case_file').select('name', 'sealed').where({ decision }).orderBy('name'));
}

/** Is there a case about this post with a part of this name? */
export function hasCaseFile(reading: Reading, post: number, name: string): boolean {
	const query = sql('case_file')
		.join('decision', 'decision.id', 'case_file.decision')
		.select('case_file.name');
	return reading.first(query.where({ 'decision.post': post, 'case_file.name': name })) !== undefined;
}

/** Names of the parts of a copy that a legal hold keeps begin with this. */
export const HELD = 'held:';

/** Forgets every part of a case but what a legal hold copied; how many. */
export function dropCaseFiles(writing: Writing, decision: string): number {
	return writing.run(sql('case_file').where({ decision }).whereNot('name', 'like', `${HELD}%`).delete());
}

/** Forgets the copy that a legal hold made. */
export function dropHeldCopy(writing: Writing, decision: string): void {
	writing.run(sql('case_file').where({ decision }).where('name', 'like', `${HELD}%`).delete());
}
