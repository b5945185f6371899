import { AGE_BANDS, type AgeBand } from '@understory/core/claims.ts';
import { BadInput, type Fault } from '@understory/core/errors.ts';
import { calendarDay, dashed } from '@understory/sip2/calendar-day.ts';
import { parse } from 'csv-parse';
import { addToBatch, dropBatch, type ListedCard, putBatchInForce } from '../store/listed-cards.ts';
import { type CardOnList, isWritten, type ListParts, listed } from './list.ts';

/** What an upload came to. */
export interface Uploaded {
	readonly cards: number;
	/** Lines whose card stood on an earlier line. */
	readonly twice: number;
}

const COLUMNS = ['card', 'pin', 'expires', 'age'] as const;
/** How many lines are hashed at the same moment. */
const AT_ONCE = 16;
/** How many faults are told; whoever mends those finds the others. */
const MOST_FAULTS = 20;

/**
 * Puts a CSV of cards in the place of the library's list. Its first line names the columns: `card` and `pin`, and where they are known `expires` (YYYY-MM-DD) and `age`
 * (child, teen, adult). All or nothing: a line that cannot be taken leaves the list before in force, and is named by its number, never by what stands in it. Nothing
 * of a line is kept but hashes. Throws `BadInput`.
 */
export async function uploadList(
	parts: ListParts & { readonly batch: string; readonly now: number },
	bytes: AsyncIterable<Uint8Array>,
): Promise<Uploaded> {
	const { database, library, batch, now } = parts;
	try {
		let cards = 0;
		let lines = 0;
		for await (const some of inGroups(linesOf(bytes), AT_ONCE)) {
			const rows: ListedCard[] = await Promise.all(
				some.map((card) => listed(parts.keys(), card, parts.cost)),
			);
			cards += await addToBatch(database, { library, batch }, rows);
			lines += rows.length;
		}
		if (cards === 0) throw new BadInput('There is no card on this list.');
		await putBatchInForce(database, { library, batch, now });
		return { cards, twice: lines - cards };
	} catch (error) {
		await dropBatch(database, { library, batch });
		throw error;
	}
}

async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<CardOnList> {
	const parser = parse({
		bom: true,
		columns: namesOf,
		info: true,
		skip_empty_lines: true,
		trim: true,
		max_record_size: 1_000,
	});
	const feeding = feed(bytes, parser);
	const faults: Fault[] = [];
	try {
		const records = parser as AsyncIterable<{ record: Record<string, string>; info: { lines: number } }>;
		for await (const { record, info } of records) {
			const read = cardOf(record, `line ${info.lines}`);
			if ('field' in read) faults.push(read);
			else if (faults.length === 0) yield read;
			if (faults.length >= MOST_FAULTS) break;
		}
		await feeding;
	} catch (cause) {
		if (cause instanceof BadInput) throw cause;
		const { lines } = cause as { lines?: number };
		throw new BadInput(`This list cannot be read as CSV${lines ? ` (near line ${lines})` : ''}.`);
	}
	if (faults.length > 0)
		throw new BadInput('Some lines cannot be taken. The list before stays in force.', faults);
}

async function feed(bytes: AsyncIterable<Uint8Array>, parser: ReturnType<typeof parse>): Promise<void> {
	try {
		for await (const some of bytes) {
			if (!parser.write(some)) await new Promise((resolve) => parser.once('drain', resolve));
		}
		parser.end();
	} catch (error) {
		parser.destroy(error as Error);
	}
}

function namesOf(header: string[]): string[] {
	const names = header.map((name) => name.trim().toLowerCase());
	const known = names.every((name) => COLUMNS.some((column) => column === name));
	if (!known || !names.includes('card') || !names.includes('pin') || new Set(names).size !== names.length) {
		throw new BadInput('The first line names the columns: card, pin, and if you have them expires and age.');
	}
	return names;
}

function cardOf(
	{ card = '', pin = '', expires = '', age = '' }: Record<string, string>,
	line: string,
): CardOnList | Fault {
	const number = card.replaceAll(' ', '');
	if (!isWritten(number)) return { field: line, text: 'There is no card number.' };
	if (!isWritten(pin)) return { field: line, text: 'There is no PIN. A card without one cannot sign in.' };
	const band = AGE_BANDS.find((one) => one === (age === '' ? 'unknown' : age)) as AgeBand | undefined;
	if (!band) return { field: line, text: 'The age is child, teen or adult.' };
	const day = calendarDay(expires, 'YMD');
	if (expires !== '' && day === null) return { field: line, text: 'The day is written 2027-06-30.' };
	return { card: number, pin, band, expires: day === null ? null : dashed(day) };
}

async function* inGroups<T>(items: AsyncIterable<T>, size: number): AsyncGenerator<T[]> {
	let group: T[] = [];
	for await (const item of items) {
		group.push(item);
		if (group.length < size) continue;
		yield group;
		group = [];
	}
	if (group.length > 0) yield group;
}
