import { unseal } from '@understory/core/seal.ts';
import type { Context } from '../context.ts';
import { isRestricted } from '../signing-in/standing.ts';
import type { AccountRow } from '../store/accounts.ts';
import { aboutRestrictions, type RestrictionRow, restrictionAgainst } from '../store/restrictions.ts';
import { noonOf } from '../web/card-form.ts';

/** What is sealed with a restriction. */
export interface Told {
	/** The restriction it belongs to, so that it cannot be moved to another. */
	readonly id: string;
	/** What the panel called them by: their name at one branch. */
	readonly named: string;
	/** Why, in the panel's words, and with whom they can appeal. */
	readonly reason: string;
	readonly appeal: string;
}

/** What somebody who is restricted now is told, wherever they sign in. `until`: inside the last day, UTC milliseconds. */
export interface ToldToThem {
	readonly reason: string;
	readonly appeal: string;
	readonly from: string;
	readonly until: number;
	readonly lastDay: string;
}

/** Opens what is sealed; null when it is over. Throws for a text that belongs to another restriction. */
export function openTold(context: Context, { id, library, sealed }: RestrictionRow): Told | null {
	if (sealed === null) return null;
	const told = JSON.parse(unseal(context.keysOf(library).seal, aboutRestrictions(library), sealed)) as Told;
	if (told.id !== id) throw new Error('a restriction stands in another row');
	return told;
}

/**
 * Null for whoever is not restricted now. `unproven`: they came by a day pass that was made for a card, and a card that was only shown proves nothing; so they are
 * told that they come to the porch, and not why.
 */
export async function toldTo(context: Context, account: AccountRow): Promise<ToldToThem | 'unproven' | null> {
	const now = context.clock.now();
	if (!isRestricted(account, now)) return null;
	const row = await restrictionAgainst(context.database, account.id, now);
	if (row && !row.proven) return 'unproven';
	const told = row && openTold(context, row);
	if (!row || !told) return null;
	const { reason, appeal } = told;
	return { reason, appeal, from: row.from_day, until: noonOf(row.until_day), lastDay: row.until_day };
}
