import { promisify } from 'node:util';
import { gunzip, gzip } from 'node:zlib';
import type { RowResult } from '../imports/outcome.ts';
import type { ImportFile } from '../imports/read-file.ts';
import { sentenceOf } from '../imports/reasons.ts';
import type { Database, Transaction } from './database.ts';
import type { OperationRow } from './rows.ts';

const pack = promisify(gzip);
const unpack = promisify(gunzip);

/** A file with what is known of its import. */
export interface KeptFile extends ImportFile {
	/** Of the preview that somebody confirmed; null when nobody looked, or this is the preview itself. */
	readonly digest: string | null;
}

export async function keepFile(database: Database, operation: string, file: KeptFile): Promise<void> {
	const packed = await pack(file.bytes);
	const { only, digest } = file;
	await database('import_file')
		.insert({ operation, packed, libraries: only && [...only], digest })
		.onConflict('operation')
		.ignore();
}

/** The file of an import or a preview; null when it went with the end of the import. */
export async function keptFile(database: Database, operation: string): Promise<KeptFile | null> {
	const row = await database('import_file')
		.join('operation', 'operation.id', 'import_file.operation')
		.where('import_file.operation', operation)
		.select('packed', 'libraries', 'digest', 'library')
		.first<
			| { packed: Buffer; libraries: string[] | null; digest: string | null; library: string | null }
			| undefined
		>();
	if (!row) return null;
	const { packed, libraries: only, digest, library: of } = row;
	return { bytes: await unpack(packed), only, of, digest };
}

/** Imports that have a beginning and no end, the oldest first. */
export async function openImports(database: Database): Promise<OperationRow[]> {
	return database<OperationRow>('operation')
		.where({ kind: 'import' })
		.whereIn('state', ['queued', 'running'])
		.whereExists(
			database('import_file').select(database.raw('1')).whereRaw('import_file.operation = operation.id'),
		)
		.orderBy('created');
}

/**
 * Takes hold of an import where it stands, for the rest of this transaction. False when it has ended or stands elsewhere: another process goes on
 * with it.
 */
export async function holdImport(transaction: Transaction, id: string, done: number): Promise<boolean> {
	const row = await transaction<OperationRow>('operation')
		.where({ id })
		.whereIn('state', ['queued', 'running'])
		.forUpdate()
		.first('done');
	return row?.done === done;
}

/** Adds what became of rows, from the `from`th on; branches that the file lacks have numbers below nought, so that they come first. */
export async function addImportRows(
	database: Database,
	operation: string,
	results: readonly RowResult[],
): Promise<void> {
	const rows = results.map(({ line, changed, why, ...result }, at) => ({
		...{ ...result, reason: why && sentenceOf(why), why: why && JSON.stringify(why) },
		...{ operation, line: line ?? -1 - at, changed: [...changed] },
	}));
	for (let at = 0; at < rows.length; at += 1_000)
		await database('import_row').insert(rows.slice(at, at + 1_000));
}

/** A row as it is kept: with its reason as a sentence, also where that is older than reasons with names. */
export interface KeptRow extends RowResult {
	readonly reason: string | null;
	readonly cursor: number;
}

/** What became of the rows of an import, or would, in pages: `after` is the cursor of the page before. */
export async function importRows(
	database: Database,
	operation: string,
	page: { readonly after?: number; readonly limit: number; readonly outcome?: string },
): Promise<KeptRow[]> {
	const query = database('import_row').where({ operation }).orderBy('line').limit(page.limit);
	if (page.after !== undefined) query.where('line', '>', page.after);
	if (page.outcome !== undefined) query.where({ outcome: page.outcome });
	const rows: (KeptRow & { operation: string; line: number })[] = await query;
	return rows.map(({ operation: _operation, line, ...row }) => ({
		...row,
		...{ line: line < 0 ? null : line, cursor: line },
	}));
}

/** How many rows came to what. */
export async function importCounts(
	database: Database,
	operation: string,
): Promise<{ outcome: RowResult['outcome']; count: number }[]> {
	const rows: { outcome: RowResult['outcome']; count: string }[] = await database('import_row')
		.where({ operation })
		.groupBy('outcome')
		.select('outcome')
		.count({ count: '*' });
	return rows.map(({ outcome, count }) => ({ outcome, count: Number(count) }));
}

/** The last imports and previews, newest first: a library's own, or all there are with the label of the library whose own they are. */
export async function recentImports(
	database: Database,
	library: string | null,
): Promise<(OperationRow & { readonly slug: string | null })[]> {
	const query = database('operation')
		.leftJoin('library', 'library.id', 'operation.library')
		.whereIn('operation.kind', ['import', 'import_preview'])
		.orderBy('operation.created', 'desc')
		.limit(20)
		.select('operation.*', 'library.slug');
	return library === null ? query : query.where('operation.library', library);
}

/** How many files of a library have a beginning and no end. */
export async function countOpenImports(database: Database, library: string): Promise<number> {
	const [row] = await database('operation')
		.where({ kind: 'import', library })
		.whereIn('state', ['queued', 'running'])
		.count<{ count: string }[]>({ count: '*' });
	return Number(row?.count ?? 0);
}

/** Forgets previews of a library but for its newest. */
export async function forgetOlderPreviews(database: Database, library: string, keep: number): Promise<void> {
	const newest = database('operation')
		.where({ kind: 'import_preview', library })
		.orderBy('created', 'desc')
		.limit(keep)
		.select('id');
	await database('operation').where({ kind: 'import_preview', library }).whereNotIn('id', newest).delete();
}

export async function dropFile(database: Database, operation: string): Promise<void> {
	await database('import_file').where({ operation }).delete();
}

/** Counts one more failure that nobody foresaw, and returns how many there were. */
export async function countFailure(database: Database, operation: string): Promise<number> {
	const [row] = await database('import_file')
		.where({ operation })
		.increment('failures', 1)
		.returning<{ failures: number }[]>('failures');
	return row?.failures ?? 0;
}

/** Forgets previews made before a moment, with their files and rows, and the files of imports that were cancelled before it. */
export async function forgetPreviews(database: Database, before: number): Promise<void> {
	await database('operation').where({ kind: 'import_preview' }).where('created', '<', before).delete();
	// Of imports that were cancelled as long ago nobody goes on with the file.
	await database('import_file')
		.whereIn(
			'operation',
			database('operation')
				.where({ kind: 'import', state: 'failed' })
				.where('finished', '<', before)
				.select('id'),
		)
		.delete();
}

/** Hands the file of an import that was cancelled over to the one that goes on with it. False when that was done before. */
export async function handOnFile(database: Database, from: string, to: string): Promise<boolean> {
	const handed = await database('import_file')
		.where({ operation: from })
		.update({ operation: to, digest: null, failures: 0 });
	return handed === 1;
}
