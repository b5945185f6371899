import { BadInput } from '@understory/core/errors.ts';
import { type Outlet, type Read, readOutlet, readSystem } from '../survey/outlet.ts';
import { readSurvey, type SurveyRow } from '../survey/rows.ts';
import type { FileRow } from './file-row.ts';
import { readListed } from './list-row.ts';

/** A file that is to be taken in. */
export interface ImportFile {
	readonly bytes: Buffer;
	/** Only these libraries, as the file calls them; all when null. */
	readonly only: readonly string[] | null;
	/** Id of the library whose own file it is: rows of others are refused, and its quotas hold. Without it, the platform's. */
	readonly of?: string | null;
}

/** What the whole of a file says beside its rows. */
export interface FileFacts {
	/** Does the file tell which branches there are? Then those that it lacks are gone. */
	readonly tellsBranches: boolean;
	readonly rows: number;
	/** Libraries that the file has a row of: of others it says nothing. */
	readonly libraries: ReadonlySet<string>;
	/** What a library is called after that no systems file named: its central outlet, or its first. By FSCS key. */
	readonly namesake: ReadonlyMap<string, Outlet>;
}

/**
 * Goes through a file once and takes in nothing. Throws `BadInput` for a file that is none of those we know, for one that stops being CSV (with
 * the line), and when one of the libraries that were asked for is not in it: so nothing is half-done because of the file.
 */
export async function surveyOf(file: ImportFile): Promise<FileFacts> {
	const { kind, rows } = await rowsOf(file);
	const libraries = new Set<string>();
	const namesake = new Map<string, Outlet>();
	let count = 0;
	for await (const row of rows) {
		count++;
		if (row.library !== null) libraries.add(row.library);
		if (row.what !== 'outlet') continue;
		const named = namesake.get(row.library);
		if (!named || (row.row.central && !named.central)) namesake.set(row.library, row.row);
	}
	const missing = (file.only ?? []).filter((library) => !libraries.has(library));
	if (missing.length > 0) {
		throw new BadInput(`The file has no library with the key ${missing.join(', ')}.`, [
			{ field: 'library', text: 'This key is not in the file.' },
		]);
	}
	return { tellsBranches: kind !== 'systems', rows: count, libraries, namesake };
}

/** The rows of a file, one after the other; of the libraries that were asked for alone. */
export async function rowsOf({
	bytes,
	only,
}: ImportFile): Promise<{ kind: 'outlets' | 'systems' | 'list'; rows: AsyncIterable<FileRow> }> {
	const wanted = only && new Set(only);
	const { file: kind, rows } = await readSurvey(inOne(bytes), isUtf8(bytes) ? 'utf-8' : undefined);
	async function* read(): AsyncGenerator<FileRow> {
		for await (const row of rows) {
			const one = rowOf(kind, row);
			if (!wanted || wanted.has(one.library ?? '')) yield one;
		}
	}
	return { kind, rows: read() };
}

async function* inOne(bytes: Buffer): AsyncGenerator<Uint8Array> {
	yield bytes;
}

/** A list from a spreadsheet of today is UTF-8 without saying so; what is valid UTF-8 by chance is plain letters in both. */
function isUtf8(bytes: Buffer): boolean {
	try {
		new TextDecoder('utf-8', { fatal: true }).decode(bytes);
		return true;
	} catch {
		return false;
	}
}

function rowOf(kind: 'outlets' | 'systems' | 'list', row: SurveyRow): FileRow {
	if (kind === 'list') return readListed(row);
	const library = row.columns.FSCSKEY || null;
	if (kind === 'systems') {
		const read = readSystem(row);
		if (read.kind !== 'row') return none(read, library);
		return { what: 'system', line: row.line, library: read.row.system, row: read.row };
	}
	const read = readOutlet(row);
	if (read.kind !== 'row') return none(read, library);
	return { what: 'outlet', line: row.line, library: read.row.system, row: read.row };
}

function none<T>(read: Exclude<Read<T>, { kind: 'row' }>, library: string | null): FileRow {
	const why = read.kind === 'skipped' ? { code: read.reason } : read.why;
	return { what: 'none', line: read.line, library, key: read.key, outcome: read.kind, why };
}
