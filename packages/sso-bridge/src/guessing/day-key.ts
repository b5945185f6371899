import { createHmac, randomBytes } from 'node:crypto';
import { seal, unseal } from '@understory/core/seal.ts';
import type { LibraryKeys } from '../keys.ts';
import type { Database } from '../store/database.ts';
import { dayKey, keepDayKey } from '../store/tallies.ts';

/**
 * Hashes where somebody came from, under a key that was made by chance today and is deleted tomorrow: what then remains anywhere of an address tells
 * nothing, whoever has every other key (reference/library-sso.md 7.3). Keys of today are kept in memory, and forgotten with the first question of another day.
 */
export function createAddressHash(parts: {
	readonly database: Database;
	keysOf(library: string): LibraryKeys;
}): (about: { library: string; now: number; group: string }) => Promise<string> {
	const { database, keysOf } = parts;
	const known = new Map<string, Buffer>();
	let today = '';

	async function keyOf(library: string, day: string): Promise<Buffer> {
		const keys = keysOf(library);
		const about = `day_key/${library}/${day}`;
		const fresh = () => seal(keys.seal, about, randomBytes(32).toString('base64url'));
		// Looked for first: who writes the row, waits for everybody else who does.
		const kept =
			(await dayKey(database, { library, day })) ??
			(await keepDayKey(database, { library, day, sealed: fresh() }));
		return Buffer.from(unseal(keys.seal, about, kept), 'base64url');
	}

	return async ({ library, now, group }) => {
		const day = new Date(now).toISOString().slice(0, 10);
		if (day !== today) known.clear();
		today = day;
		const key = known.get(library) ?? (await keyOf(library, day));
		if (day === today) known.set(library, key);
		return createHmac('sha256', key).update(group).digest('base64url');
	};
}
