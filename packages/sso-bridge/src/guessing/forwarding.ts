import {
	type About,
	forgetTries,
	giveBackTry,
	isKnownWrong,
	rememberWrong,
	takeTry,
} from '../store/attempts.ts';
import type { Database } from '../store/database.ts';
import type { Budget } from './budget.ts';

/** What an answer means for the budget of a card: `unknown` (nobody could tell) costs no try. */
export type Verdict = 'right' | 'wrong' | 'unknown';

/** Card and PIN did not match, or were not passed on any more; whoever asks is told the same of both. */
export interface NotMatched {
	readonly matched: false;
	/** Was the catalogue asked? */
	readonly asked: boolean;
	/** Is it the first wrong one of this card in a quarter of an hour? */
	readonly newCard: boolean;
}

/**
 * Passes card and PIN on to the catalogue as long as the budget of the card lasts (reference/library-sso.md 7.5). A pair that was wrong a moment ago is
 * not passed on again, so that a second click is not a second failure there. `card` and `pair` are keyed hashes.
 */
export async function forward<T>(
	database: Database,
	{ card, pair, library, now }: Omit<About, 'hash'> & { card: string; pair: string },
	budget: Budget,
	ask: () => Promise<{ readonly verdict: Verdict; readonly answer: T }>,
): Promise<NotMatched | { readonly matched: true; readonly answer: T }> {
	const about = { library, hash: card, now };
	if (await isKnownWrong(database, { library, hash: pair, now }))
		return { matched: false, asked: false, newCard: false };
	// Taken before asking, so that many at once are not each the first.
	const used = await takeTry(database, about, budget);
	if (used === null) return { matched: false, asked: false, newCard: false };
	const { verdict, answer } = await ask().catch(async (error: unknown) => {
		await giveBackTry(database, about);
		throw error;
	});
	if (verdict === 'wrong') {
		await rememberWrong(database, { library, hash: pair, now });
		return { matched: false, asked: true, newCard: used === 1 };
	}
	if (verdict === 'right') await forgetTries(database, about);
	else await giveBackTry(database, about);
	return { matched: true, answer };
}
