import { BadInput } from '@understory/core/errors.ts';

/** No line of such a file is longer, in characters: an address, or a name and an address. */
const LONGEST_LINE = 4000;

/** A line of a file, whatever is in it. */
export interface TableLine {
	readonly line: number;
	readonly cells: readonly string[];
}

/**
 * The lines of a CSV file in UTF-8, its heading too, `most` and a heading at most. Throws BadInput for the field `file`: `import_zip`, `import_encoding`, `import_broken`,
 * `import_long_line`, `import_many_lines`.
 */
export async function readTable(bytes: Buffer, most: number): Promise<TableLine[]> {
	return linesIn(textOf(bytes), most);
}

function textOf(bytes: Buffer): string {
	if (bytes.subarray(0, 4).equals(Buffer.from('PK\u0003\u0004', 'latin1'))) {
		throw refuse('That is a whole archive.', 'import_zip');
	}
	try {
		const text = new TextDecoder('utf-8', { fatal: true }).decode(bytes);
		// Bytes of pictures and of UTF-16 are often good UTF-8 with such characters in it.
		if (!text.includes('\u0000')) return text;
	} catch (error) {
		if (!(error instanceof TypeError)) throw error;
	}
	throw refuse('That is no text in UTF-8.', 'import_encoding');
}

async function linesIn(text: string, most: number): Promise<TableLine[]> {
	// Not needed to serve a page, so it is loaded with the first file.
	const { parse, CsvError } = await import('csv-parse/sync');
	const first = text.slice(0, text.search(/[\r\n]|$/));
	try {
		const found = parse(text, {
			// As spreadsheets write it where the comma is for numbers.
			delimiter: first.includes(';') && !first.includes(',') ? ';' : ',',
			relax_column_count: true,
			skip_empty_lines: true,
			bom: true,
			info: true,
			to: most + 2,
			max_record_size: LONGEST_LINE,
		}) as unknown as { record: string[]; info: { lines: number } }[];
		// One more may be the heading.
		if (found.length > most + 1) throw refuse('That file has too many lines.', 'import_many_lines');
		return found.map(({ record, info }) => ({ line: info.lines, cells: record }));
	} catch (error) {
		if (!(error instanceof CsvError)) throw error;
		const long = error.code === 'CSV_MAX_RECORD_SIZE';
		throw refuse('That file cannot be read as CSV.', long ? 'import_long_line' : 'import_broken', error);
	}
}

function refuse(sentence: string, fault: string, cause?: unknown): BadInput {
	return new BadInput(sentence, [{ field: 'file', text: fault }], { cause });
}
