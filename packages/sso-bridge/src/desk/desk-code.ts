import { randomBytes } from 'node:crypto';
import type { AgeBand } from '@understory/core/claims.ts';
import type { LibraryKeys } from '../keys.ts';
import { inGroups, newCode, readCode } from '../recovery/spoken-code.ts';
import { type DeskCodeRow, deskCode, keepDeskCode, spendDeskCode } from '../store/codes.ts';
import type { Database } from '../store/database.ts';
import { restrictPass } from '../store/restricted-people.ts';

/** Signs of a code from the desk: 50 bits, read out or written on a slip. */
export const DESK_SIGNS = 10;

interface Parts {
	readonly database: Database;
	readonly keys: LibraryKeys;
	readonly library: string;
	/** UTC milliseconds. */
	readonly now: number;
}

/** Whom a code is made for, and what it opens. */
export type DeskCodeFor =
	| { readonly opens: 'porch' | 'card'; readonly account: string }
	| {
			readonly opens: 'day';
			readonly ageBand: AgeBand;
			/** What is proposed or in force against whoever holds the card that was shown. */
			readonly restrictions: readonly string[];
	  };

/** Makes a code that works once between two moments (UTC milliseconds). Shown to the desk once; only a keyed hash is kept. */
export async function makeDeskCode(
	parts: Parts,
	whom: DeskCodeFor & { readonly from: number; readonly until: number },
): Promise<string> {
	const { opens, from, until } = whom;
	const { database, library } = parts;
	const code = newCode(randomBytes, DESK_SIGNS);
	const hash = hashOf(parts, code);
	await keepDeskCode(database, {
		library,
		hash,
		account: opens === 'day' ? null : whom.account,
		opens,
		age_band: opens === 'day' ? whom.ageBand : null,
		valid_from: new Date(from),
		until: new Date(until),
	});
	if (opens === 'day') await restrictPass(database, { library, hash, restrictions: whom.restrictions });
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

/** What looks like a code and opens nothing: for a card that nobody ever signed in with, so that no desk learns who is here. */
export function codeForNobody(): string {
	return inGroups(newCode(randomBytes, DESK_SIGNS));
}

function hashOf({ keys }: Parts, code: string): string {
	return keys.attempt(`desk\0${code}`);
}
