/** How many wrong PINs of one card are passed on to the catalogue. */
export interface Budget {
	/** In fifteen minutes. */
	readonly quarter: number;
	/** In a day. */
	readonly day: number;
}

/** Fifteen minutes and a day, in milliseconds. */
export const QUARTER_MS = 15 * 60_000;
export const DAY_MS = 24 * 3_600_000;

const MOST: Budget = { quarter: 3, day: 5 };

/**
 * The budget of a card: below the number of wrong PINs after which the catalogue locks the account itself, so that nobody can lock a patron out of it
 * through us (reference/library-sso.md 7.5). `lockAfter` null: the library does not know its own. `perTry`: how many wrong ones a try of ours may be there.
 */
export function budgetFor(lockAfter: number | null, perTry = 1): Budget {
	if (lockAfter === null) return MOST;
	const below = Math.max(1, Math.floor((lockAfter - 1) / perTry));
	return { quarter: Math.min(MOST.quarter, below), day: Math.min(MOST.day, below) };
}
