import { LogMismatch } from '@understory/transparency-log/log.ts';
import type { Db } from '../store/database.ts';
import { placedFrom } from '../store/sequence.ts';

/**
 * What stands at the places of a log from one on, up to another, not included, or to the last that was given. Throws LogMismatch when one of
 * them has nothing.
 */
export async function placedEntries(
	db: Db,
	libraryId: string,
	year: number,
	from: number,
	until?: number,
): Promise<Buffer[]> {
	const rows = await placedFrom(db, libraryId, year, from, until);
	const whole = until === undefined || rows.length === until - from;
	if (!whole || rows.some((row, i) => row.log_index !== from + i))
		throw new LogMismatch(`The places given in the log of ${year} have a gap.`);
	return rows.map((row) => Buffer.from(row.entry, 'utf8'));
}
