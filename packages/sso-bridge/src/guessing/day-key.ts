import { createHmac, randomBytes } from 'node:crypto';
import { seal, unseal } from '@understory/core/seal.ts';
import type { LibraryKeys } from '../keys.ts';
import type { Database } from '../store/database.ts';
import { dayKey, keepDayKey } from '../store/tallies.ts';

/**
 * A hash of where somebody came from, under a key that was made by chance today and is deleted tomorrow: what then remains anywhere of an address tells
 * nothing, whoever has every other key (reference/library-sso.md 7.3).
 */
export async function addressHash(
	parts: { database: Database; keys: LibraryKeys; library: string; now: number },
	group: string,
): Promise<string> {
	const { database, keys, library, now } = parts;
	const day = new Date(now).toISOString().slice(0, 10);
	const about = `day_key/${library}/${day}`;
	const fresh = () => seal(keys.seal, about, randomBytes(32).toString('base64url'));
	// Looked for first: who writes the row, waits for everybody else who does.
	const kept =
		(await dayKey(database, { library, day })) ??
		(await keepDayKey(database, { library, day, sealed: fresh() }));
	const key = unseal(keys.seal, about, kept);
	return createHmac('sha256', Buffer.from(key, 'base64url')).update(group).digest('base64url');
}
