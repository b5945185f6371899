import { randomBytes, randomInt } from 'node:crypto';
import { dateIn, startOfMonth } from '@understory/core/calendar.ts';
import { disclosureDigest } from '@understory/transparency-log/sd.ts';

/** Sealed entries come into the log in batches of a multiple of this many. */
export const BATCH = 5;

/** The month before the one of a moment, as YYYY-MM in the zone, and the moment the later began, UTC milliseconds. */
export function monthBefore(zone: string, now: number): { readonly month: string; readonly until: number } {
	const current = dateIn(zone, now).slice(0, 7);
	const [year = 0, month = 0] = current.split('-').map(Number);
	const before = month === 1 ? `${year - 1}-12` : `${year}-${String(month - 1).padStart(2, '0')}`;
	return { month: before, until: startOfMonth(zone, current) };
}

/**
 * Mixes sealed entries with as many decoys as make the next multiple of five, at least five, in random order: so neither how many there were nor
 * which came first can be read from the log.
 */
export function mixBatch(
	ids: readonly string[],
): ({ readonly entry: string } | { readonly decoy: string })[] {
	const size = Math.max(BATCH, Math.ceil(ids.length / BATCH) * BATCH);
	const batch: ({ readonly entry: string } | { readonly decoy: string })[] = ids.map((entry) => ({ entry }));
	while (batch.length < size) batch.push({ decoy: disclosureDigest(randomBytes(32).toString('base64url')) });
	for (let i = batch.length - 1; i > 0; i--) {
		const j = randomInt(i + 1);
		[batch[i], batch[j]] = [batch[j]!, batch[i]!];
	}
	return batch;
}
