import { sealedLeaf } from '@understory/core/sealed.ts';
import { canonicalize } from '@understory/transparency-log/jcs.ts';
import { disclosureDigest } from '@understory/transparency-log/sd.ts';
import type { Db } from './database.ts';

/** An entry with its place in a log. */
export interface PlacedEntry {
	readonly log_index: number;
	readonly entry: string;
}

/** Is there an accepted entry without a place that is shown, and came before a moment (UTC milliseconds)? */
export async function isAnyDue(db: Db, libraryId: string, before: number): Promise<boolean> {
	const row = await db('entries')
		.where({ library_id: libraryId, sealed: false })
		.whereNull('log_index')
		.where('received_at', '<', before)
		.first('id');
	return row !== undefined;
}

/** How many places of a log are given, that of the year before and those of decoys included. */
export async function placesGiven(db: Db, libraryId: string, year: number): Promise<number> {
	const { rows } = await db.raw<{ rows: [{ last: number | null }] }>(
		`select greatest(
			(select max(log_index) from entries where library_id = :library and log_year = :year),
			(select max(log_index) from decoys where library_id = :library and log_year = :year),
			(select 0 from year_links where library_id = :library and year = :year)
		) as last`,
		{ library: libraryId, year },
	);
	return (rows[0].last ?? -1) + 1;
}

/** The first entry of a year's log where it is the state of the year before; null where it is not. */
export async function linkOf(db: Db, libraryId: string, year: number): Promise<string | null> {
	const row = await db('year_links')
		.where({ library_id: libraryId, year })
		.first<{ entry: string } | undefined>('entry');
	return row?.entry ?? null;
}

/** Lets a year's log begin with the state of the year before. Call within a transaction, before any place of it is given. */
export async function linkYear(db: Db, libraryId: string, year: number, entry: string): Promise<void> {
	await db('year_links').insert({ library_id: libraryId, year, entry });
}

/** The newest year that has places, a beginning or a log; null before the first. No place is given in a year before it any more. */
export async function newestYear(db: Db, libraryId: string): Promise<number | null> {
	const { rows } = await db.raw<{ rows: [{ year: number | null }] }>(
		`select greatest(
			(select max(log_year) from entries where library_id = :library),
			(select max(year) from year_links where library_id = :library),
			(select max(year) from logs where library_id = :library),
			(select max(log_year) from decoys where library_id = :library)
		) as year`,
		{ library: libraryId },
	);
	return rows[0].year;
}

/**
 * Gives the next places of a log, once and for ever, to the entries that are shown, have none and came before a moment (UTC milliseconds), in the
 * order they came. Call within a transaction.
 */
export async function givePlaces(
	db: Db,
	place: {
		readonly libraryId: string;
		readonly year: number;
		readonly from: number;
		readonly publishedOn: string;
	},
	before: number,
): Promise<void> {
	// All in one statement, and none of it comes here: there may be very many of a day.
	await db.raw(
		`update entries set log_year = ?, log_index = ? + due.n - 1, published_on = ?
		from (
			select id, row_number() over (order by seq) as n from entries
			where library_id = ? and not sealed and log_index is null and received_at < ?
		) as due where entries.id = due.id`,
		[place.year, place.from, place.publishedOn, place.libraryId, before],
	);
}

/** Years whose logs have entries that are not marked as published. */
export async function unpublishedYears(db: Db, libraryId: string): Promise<number[]> {
	return db('entries')
		.where({ library_id: libraryId, published: false })
		.whereNotNull('log_index')
		.distinct()
		.orderBy('log_year')
		.pluck<number[]>('log_year');
}

/** The entries of a log from a place on, in order, and up to another place, not included, where one is named. */
export async function placedFrom(
	db: Db,
	libraryId: string,
	year: number,
	from: number,
	until = 2 ** 31 - 1,
): Promise<PlacedEntry[]> {
	const link = from === 0 ? await linkOf(db, libraryId, year) : null;
	const rows = await db('entries')
		.where({ library_id: libraryId, log_year: year })
		.where('log_index', '>=', from)
		.where('log_index', '<', until)
		.select<{ log_index: number; entry: string; seal: string | null }[]>('log_index', 'entry', 'seal');
	const decoys = await db('decoys')
		.where({ library_id: libraryId, log_year: year })
		.where('log_index', '>=', from)
		.where('log_index', '<', until)
		.select<{ log_index: number; digest: string }[]>('log_index', 'digest');
	const placed = [
		...(link === null ? [] : [{ log_index: 0, entry: link }]),
		...rows.map((row) => ({ log_index: row.log_index, entry: leafOf(row) })),
		...decoys.map(({ log_index, digest }) => ({ log_index, entry: canonicalize(sealedLeaf(digest)) })),
	];
	return placed.sort((a, b) => a.log_index - b.log_index);
}

/** The first place of a log that is not marked as published; null when all are. */
export async function firstUnpublished(db: Db, libraryId: string, year: number): Promise<number | null> {
	const row = await db('entries')
		.where({ library_id: libraryId, log_year: year, published: false })
		.min('log_index as first')
		.first<{ first: number | null }>();
	return row?.first ?? null;
}

/** What stands in the log for an entry: itself, or what commits to its salted copy. */
export function leafOf({ entry, seal }: { readonly entry: string; readonly seal: string | null }): string {
	return seal === null ? entry : canonicalize(sealedLeaf(disclosureDigest(seal)));
}

/** What was last published of a log. */
export interface KnownLog {
	readonly size: number;
	/** base64, as in the checkpoint. */
	readonly root: string;
	/** The key that signed it. */
	readonly key_id: string;
}

/** What was last published of a log; undefined before. */
export async function knownLog(db: Db, libraryId: string, year: number): Promise<KnownLog | undefined> {
	return db('logs')
		.where({ library_id: libraryId, year })
		.first<KnownLog | undefined>('size', 'root', 'key_id');
}

/** What was last published of every log of a library, the oldest first. */
export async function knownLogs(
	db: Db,
	libraryId: string,
): Promise<(KnownLog & { readonly year: number })[]> {
	return db('logs')
		.where({ library_id: libraryId })
		.orderBy('year')
		.select<(KnownLog & { readonly year: number })[]>('year', 'size', 'root', 'key_id');
}

/** The newest day on which anything of a library was published, YYYY-MM-DD; null before the first. */
export async function newestDay(db: Db, libraryId: string): Promise<string | null> {
	const row = await db('entries')
		.where({ library_id: libraryId })
		.max('published_on as day')
		.first<{ day: string | null }>();
	return row?.day ?? null;
}

/** The years a library has a log for, the newest first. */
export async function logYears(db: Db, libraryId: string): Promise<number[]> {
	return db('logs').where({ library_id: libraryId }).orderBy('year', 'desc').pluck<number[]>('year');
}

/**
 * Marks what stands under a checkpoint as published, and keeps what the checkpoint says. Call within a transaction, which does not wait for the disk:
 * the log is on it, and a mark that a loss of power takes away is made again from there.
 */
export async function markPublished(
	db: Db,
	log: { readonly libraryId: string; readonly year: number } & KnownLog,
): Promise<void> {
	const { libraryId, year, ...known } = log;
	await db.raw('set local synchronous_commit = off');
	await db('entries')
		.where({ library_id: libraryId, log_year: year, published: false })
		.where('log_index', '<', known.size)
		.update({ published: true });
	await db('logs')
		.insert({ library_id: libraryId, year, ...known })
		.onConflict(['library_id', 'year'])
		.merge();
}
