import { BadInput } from '@understory/core/errors.ts';
import { parse } from 'csv-parse';
import { type SurveyFile, surveyFileOf } from './layout.ts';

/** One line of a survey file: its number in the file (the header is 1) and every column as text, trimmed. */
export interface SurveyRow {
	readonly line: number;
	readonly columns: Readonly<Record<string, string>>;
}

/** A file that has begun to be read: its kind is known, its rows come as they are asked for. */
export interface SurveyReading {
	readonly file: SurveyFile;
	readonly rows: AsyncIterable<SurveyRow>;
}

/**
 * Reads a survey file as it is published: Windows-1252, or UTF-8 when it begins with a byte order mark or somebody says so; any line ends. Every
 * column stays text, because ZIPs and sequence numbers begin with zeros. Streams: one row in memory at a time.
 * Throws `BadInput` for an unknown layout, and while iterating for a file that stops being CSV (naming the line).
 */
export async function readSurvey(
	bytes: AsyncIterable<Uint8Array>,
	encoding?: 'utf-8',
): Promise<SurveyReading> {
	const parser = parse({
		relax_column_count: true,
		skip_empty_lines: true,
		info: true,
		bom: true,
		relax_quotes: true,
	});
	const feeding = feed(bytes, parser, encoding);
	const records = parser[Symbol.asyncIterator]() as AsyncIterator<{
		record: string[];
		info: { lines: number };
	}>;
	const first = await nextRecord(records);
	if (!first) throw new BadInput('This file is empty.');
	const header = first.record.map((name) => name.trim());
	const file = surveyFileOf(header);
	async function* rows(): AsyncGenerator<SurveyRow> {
		for (let next = await nextRecord(records); next; next = await nextRecord(records)) {
			const columns = Object.fromEntries(header.map((name, at) => [name, (next!.record[at] ?? '').trim()]));
			yield { line: next.info.lines, columns };
		}
		await feeding;
	}
	return { file, rows: rows() };
}

async function nextRecord<T>(records: AsyncIterator<T>): Promise<T | null> {
	try {
		const next = await records.next();
		return next.done ? null : next.value;
	} catch (cause) {
		if (cause instanceof BadInput) throw cause;
		const line = (cause as { lines?: number }).lines;
		throw new BadInput(`This file cannot be read as CSV${line ? ` (near line ${line})` : ''}.`, [], {
			cause,
		});
	}
}

async function feed(
	bytes: AsyncIterable<Uint8Array>,
	parser: ReturnType<typeof parse>,
	encoding?: 'utf-8',
): Promise<void> {
	let decoder: TextDecoder | null = null;
	try {
		for await (const chunk of bytes) {
			decoder ??= new TextDecoder(encoding ?? (startsWithBom(chunk) ? 'utf-8' : 'windows-1252'));
			const text = decoder.decode(chunk, { stream: true });
			if (!parser.write(text)) await drained(parser);
		}
		parser.end(decoder?.decode() ?? '');
	} catch (error) {
		parser.destroy(error instanceof Error ? error : new Error(String(error)));
	}
}

function drained(parser: ReturnType<typeof parse>): Promise<void> {
	return new Promise((resolve) => {
		const go = () => {
			parser.off('drain', go);
			parser.off('close', go);
			resolve();
		};
		parser.on('drain', go);
		parser.on('close', go);
	});
}

function startsWithBom(chunk: Uint8Array): boolean {
	return chunk[0] === 0xef && chunk[1] === 0xbb && chunk[2] === 0xbf;
}
