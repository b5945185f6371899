import { createHash } from 'node:crypto';
import { STATEMENT_KINDS } from '@understory/core/statement.ts';
import type { Context } from '../context.ts';
import type { Library } from '../registers.ts';
import { publishedEntries } from '../store/entries.ts';
import { ACT_KINDS } from './act.ts';
import { branchesJson } from './branches-json.ts';
import { entriesJsonl } from './entries-jsonl.ts';
import { statementsCsv } from './statements-csv.ts';

/** A file to download, made anew from what is published: the same bytes until something is. */
export interface Download {
	/** As it stands after the host. */
	readonly path: string;
	readonly type: string;
	readonly text: string;
	readonly bytes: number;
	/** Hex. */
	readonly sha256: string;
}

/** What `/data` lists, and what `/data/SHA256SUMS` sums up. */
export async function downloads(
	{ database, statements, clock }: Pick<Context, 'database' | 'statements' | 'clock'>,
	library: Library,
): Promise<Download[]> {
	const kinds = [...STATEMENT_KINDS, ...ACT_KINDS];
	const rows = await publishedEntries(database.db, library.id, { kinds });
	return [
		download(
			'statements.csv',
			'text/csv; charset=utf-8; header=present',
			statementsCsv(await statements.list(library)),
		),
		download('data/entries.jsonl', 'application/jsonl; charset=utf-8', entriesJsonl(rows.reverse())),
		download('branches.json', 'application/json', jsonText(branchesJson(library, clock.now()))),
	];
}

/** The lines that `sha256sum --check` reads. */
export function checksums(files: readonly Download[]): string {
	return files.map(({ sha256, path }) => `${sha256}  ${path}\n`).join('');
}

/** JSON that a person can read, too. */
export function jsonText(value: object): string {
	return `${JSON.stringify(value, null, '\t')}\n`;
}

function download(path: string, type: string, text: string): Download {
	const sha256 = createHash('sha256').update(text).digest('hex');
	return { path, type, text, bytes: Buffer.byteLength(text), sha256 };
}
