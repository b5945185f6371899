import { readDeskCode } from '../desk/desk-code.ts';
import type { LibraryKeys } from '../keys.ts';
import type { Database } from '../store/database.ts';
import { accountOfRecoveryCode } from './recovery-code.ts';

/** What a code proved: whose account it is, and how it is used up in the transaction that relies on it. */
export interface Proof {
	readonly way: 'recovery_code' | 'desk_code';
	readonly account: string;
	/** Does it carry the account over to another card? Every one opens the porch. */
	readonly carries: boolean;
	/** True for the one of many at the same moment that used it up. */
	spend(transaction: Database): Promise<boolean>;
}

/**
 * Whom a recovery code or a code from the desk proves somebody to be, or null for a code that is not known, not yet or no longer good, or a newcomer's.
 * Uses nothing up yet.
 */
export async function readProof(
	parts: { database: Database; keys: LibraryKeys; library: string; now: number },
	typed: string,
): Promise<Proof | null> {
	const desk = await readDeskCode(parts, typed, { spend: false });
	if (desk?.account) {
		return {
			way: 'desk_code',
			account: desk.account,
			carries: desk.opens === 'card',
			spend: async (database) =>
				(await readDeskCode({ ...parts, database }, typed, { spend: true })) !== null,
		};
	}
	const account = await accountOfRecoveryCode(parts, typed);
	if (account === null) return null;
	return { way: 'recovery_code', account: account.account, carries: true, spend: account.spend };
}
