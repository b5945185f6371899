import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import type { Clock } from '@understory/core/clock.ts';
import type { LibraryRecord } from '@understory/core/register.ts';
import { coarseTime } from '../card/coarse-time.ts';
import { keepRecoveryCode, recoveryCodeAt, spendRecoveryCode } from '../store/codes.ts';
import type { Database } from '../store/database.ts';
import { inGroups, newCode, readCode } from './spoken-code.ts';

/** Signs of a recovery code: 5 by which it is found, 15 (75 bits) that prove it. */
export const RECOVERY_SIGNS = 20;
const LOCATOR = 5;
/** About 32 MiB and a tenth of a second for each guess (RFC 7914). */
const SLOW = { N: 2 ** 15, r: 8, p: 1, maxmem: 64 * 1024 * 1024 };

interface Parts {
	readonly database: Database;
	readonly library: string;
}

/**
 * A new recovery code for an account, as it is shown to its owner once; the one before is worth nothing from now on. What is kept proves it and
 * does not tell it (reference/library-sso.md 7.4).
 */
export async function giveRecoveryCode(parts: Parts, account: string, month: string): Promise<string> {
	for (;;) {
		const code = newCode(randomBytes, RECOVERY_SIGNS);
		const salt = randomBytes(16);
		const row = {
			account,
			library: parts.library,
			locator: code.slice(0, LOCATOR),
			salt: salt.toString('base64url'),
			hash: (await slowHash(code, salt)).toString('base64url'),
			made_month: month,
		};
		// Two codes may begin alike; then another one is made.
		if (await keepRecoveryCode(parts.database, row)) return inGroups(code);
	}
}

/** The same, now, for somebody who is shown it at once. */
export function newCodeFor(
	{ database, clock }: { database: Database; clock: Clock },
	{ id, zone }: LibraryRecord,
	account: string,
): Promise<string> {
	return giveRecoveryCode({ database, library: id }, account, coarseTime(zone, clock.now()).month);
}

/**
 * Whose recovery code this is and how it is used up, or null for one that is not known, not in its form or spent. Takes the same time for each of
 * them. `spend` is true for the one of many at the same moment that used it up.
 */
export async function accountOfRecoveryCode(
	{ database, library }: Parts,
	typed: string,
): Promise<{ account: string; spend(transaction: Database): Promise<boolean> } | null> {
	const code = readCode(typed, RECOVERY_SIGNS) ?? newCode(randomBytes, RECOVERY_SIGNS);
	const row = await recoveryCodeAt(database, library, code.slice(0, LOCATOR));
	const given = await slowHash(code, row ? Buffer.from(row.salt, 'base64url') : randomBytes(16));
	if (!row || !timingSafeEqual(given, Buffer.from(row.hash, 'base64url'))) return null;
	return { account: row.account, spend: (transaction) => spendRecoveryCode(transaction, row) };
}

function slowHash(code: string, salt: Buffer): Promise<Buffer> {
	const slow: (secret: string, salt: Buffer, length: number, cost: typeof SLOW) => Promise<Buffer> =
		promisify(scrypt);
	return slow(code, salt, 32, SLOW);
}
