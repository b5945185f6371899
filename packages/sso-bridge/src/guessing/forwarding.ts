import {
	type About,
	countOne,
	forgetTries,
	giveBackTry,
	isKnownWrong,
	rememberWrong,
	running,
	takeTry,
} from '../store/attempts.ts';
import type { Database } from '../store/database.ts';
import type { Budget } from './budget.ts';

/**
 * What an answer means for the budget of a card. `unknown`: nobody could tell, and the PIN never left; it costs no try. `unanswered`: the PIN was on its way and
 * no answer came back; it costs one, since the catalogue may have counted a wrong one.
 */
export type Verdict = 'right' | 'wrong' | 'unknown' | 'unanswered';

/** Card and PIN did not match, or were not passed on any more; whoever asks is told the same of both. */
export interface NotMatched {
	readonly matched: false;
	/** Was the catalogue asked? */
	readonly asked: boolean;
	/** Is it the first wrong one of this card in a quarter of an hour? */
	readonly newCard: boolean;
	/** The budget is used up, and what used it had no answer: nobody can tell now, and nobody was found wrong. */
	readonly unanswered: boolean;
}

/**
 * Passes card and PIN on to the catalogue as long as the budget of the card lasts (reference/library-sso.md 7.5). A pair that was wrong a moment ago is
 * not passed on again, so that a second click is not a second failure there. What ends in an exception has used its try, since nobody knows how far it came. `card`,
 * `silence` (what is counted of questions about it that had no answer) and `pair` are keyed hashes.
 */
export async function forward<T>(
	database: Database,
	{ card, silence, pair, library, now }: Omit<About, 'hash'> & Record<'card' | 'silence' | 'pair', string>,
	budget: Budget,
	ask: () => Promise<{ readonly verdict: Verdict; readonly answer: T }>,
): Promise<NotMatched | { readonly matched: true; readonly answer: T }> {
	const about = { library, hash: card, now };
	// Taken before asking, so that many at once are not each the first.
	const used = await takeTry(database, { ...about, pair }, budget);
	if (used === null) {
		const knownWrong = await isKnownWrong(database, { library, hash: pair, now });
		const unanswered = !knownWrong && (await running(database, { library, hash: silence, now })) > 0;
		return { matched: false, asked: false, newCard: false, unanswered };
	}
	const { verdict, answer } = await ask();
	if (verdict === 'wrong') {
		await rememberWrong(database, { library, hash: pair, now });
		return { matched: false, asked: true, newCard: used === 1, unanswered: false };
	}
	if (verdict === 'right') await forgetTries(database, { library, hashes: [card, silence] });
	else if (verdict === 'unanswered') await countOne(database, { library, hash: silence, now });
	else await giveBackTry(database, about);
	return { matched: true, answer };
}
