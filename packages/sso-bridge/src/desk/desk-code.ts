import { randomBytes } from 'node:crypto';
import type { LibraryKeys } from '../keys.ts';
import { inGroups, newCode, readCode } from '../recovery/spoken-code.ts';
import { type DeskCodeRow, deskCode, keepDeskCode, spendDeskCode } from '../store/codes.ts';
import type { Database } from '../store/database.ts';

/** Signs of a code from the desk: 50 bits, read out or written on a slip. */
export const DESK_SIGNS = 10;

interface Parts {
	readonly database: Database;
	readonly keys: LibraryKeys;
	readonly library: string;
	/** UTC milliseconds. */
	readonly now: number;
}

/** Makes a code that works once between two moments. Shown to the desk once; only a keyed hash is kept. */
export async function makeDeskCode(
	parts: Parts,
	{ account, from, until }: { account: string | null; from: number; until: number },
): Promise<string> {
	const code = newCode(randomBytes, DESK_SIGNS);
	await keepDeskCode(parts.database, {
		library: parts.library,
		hash: hashOf(parts, code),
		account,
		valid_from: new Date(from),
		until: new Date(until),
	});
	return inGroups(code);
}

/** What a code from the desk is good for now, or null. With `spend` it works once, however many try at the same moment. */
export async function readDeskCode(
	parts: Parts,
	typed: string,
	{ spend }: { spend: boolean },
): Promise<DeskCodeRow | null> {
	const code = readCode(typed, DESK_SIGNS);
	if (code === null) return null;
	const which = { library: parts.library, hash: hashOf(parts, code), now: parts.now };
	return spend ? spendDeskCode(parts.database, which) : ((await deskCode(parts.database, which)) ?? null);
}

function hashOf({ keys }: Parts, code: string): string {
	return keys.attempt(`desk\0${code}`);
}
