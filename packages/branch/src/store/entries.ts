import { sql } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** A signed entry of the public log, waiting to be handed over or handed over. */
export interface EntryRow {
	/** 1, 2, 3 …: the branch's own chain. */
	readonly seq: number;
	readonly id: string;
	/** The exact bytes that were signed. */
	readonly body: string;
	readonly disclosures: readonly string[];
	/** Disclosures of an earlier entry that go out with this one. */
	readonly unsealed: readonly string[];
	/** `sha256:<hex>` of the body: what the next entry calls `prev`. */
	readonly digest: string;
	readonly tries: number;
	readonly next_at: number;
	readonly sent: number | null;
}

type Row = Omit<EntryRow, 'disclosures' | 'unsealed'> & {
	readonly disclosures: string;
	readonly unsealed: string;
};

/** The end of the chain, or undefined before the first. */
export function lastEntry(reading: Reading): EntryRow | undefined {
	return toEntry(reading.first<Row>(sql('entry').orderBy('seq', 'desc').limit(1)));
}

/** One by its id. */
export function entryById(reading: Reading, id: string): EntryRow | undefined {
	return toEntry(reading.first<Row>(sql('entry').where({ id })));
}

/** The whole chain, oldest first. */
export function allEntries(reading: Reading): EntryRow[] {
	return reading.all<Row>(sql('entry').orderBy('seq')).map((row) => toEntry(row)!);
}

/** What was signed of one kind, oldest first. It looks at the whole chain, so it is not asked at each turn. */
export function bodiesOf(reading: Reading, kind: string): string[] {
	const query = sql('entry')
		.select('body')
		.whereRaw("json_extract(body, '$.kind') = ?", [kind])
		.orderBy('seq');
	return reading.all<{ body: string }>(query).map(({ body }) => body);
}

/** Adds to the chain. */
export function addEntry(writing: Writing, entry: Omit<EntryRow, 'tries' | 'sent'>): void {
	const { disclosures, unsealed } = entry;
	writing.run(
		sql('entry').insert({
			...entry,
			disclosures: JSON.stringify(disclosures),
			unsealed: JSON.stringify(unsealed),
		}),
	);
}

/** Forgets what was to go out with this entry, or went: it was taken back. */
export function forgetUnsealed(writing: Writing, id: string): void {
	writing.run(sql('entry').where({ id }).update({ unsealed: '[]' }));
}

/** Adds what another copy of this folder has of the chain and this one has not, as far as each was handed over there. */
export function addEntriesOf(other: Reading, writing: Writing): void {
	const after = lastEntry(writing)?.seq ?? 0;
	for (const row of other.all<Row>(sql('entry').where('seq', '>', after).orderBy('seq')))
		writing.run(sql('entry').insert({ ...row }));
}

/** The oldest that was not handed over: they go in the order of the chain, one after the other. */
export function nextEntry(reading: Reading): EntryRow | undefined {
	return toEntry(reading.first<Row>(sql('entry').whereNull('sent').orderBy('seq').limit(1)));
}

/** It was handed over. */
export function finishEntry(writing: Writing, seq: number, now: number): void {
	writing.run(sql('entry').where({ seq }).update({ sent: now }));
}

/** To be tried again. */
export function postponeEntry(writing: Writing, seq: number, tries: number, nextAt: number): void {
	writing.run(sql('entry').where({ seq }).update({ tries, next_at: nextAt }));
}

/** Reads a row of the chain. */
export function toEntry(row: Row | undefined): EntryRow | undefined {
	if (!row) return undefined;
	const read = (text: string) => JSON.parse(text) as string[];
	return { ...row, disclosures: read(row.disclosures), unsealed: read(row.unsealed) };
}
