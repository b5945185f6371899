import type { LibraryRecord } from '@understory/core/register.ts';
import { coarseTime } from '../card/coarse-time.ts';
import type { CardParts } from '../context.ts';
import { readDeskCode } from '../desk/desk-code.ts';
import { endOfDay } from '../desk/issuing.ts';
import { type Caller, createWatch } from '../guessing/watch.ts';
import { type AccountRow, accountById, beginWithoutCard } from '../store/accounts.ts';
import { restrictAccount, restrictionsOfPass } from '../store/restricted-people.ts';

/** What a day pass came to. `goodUntil`: UTC milliseconds. */
export type Passed =
	| { readonly outcome: 'ok'; readonly account: AccountRow; readonly goodUntil: number }
	| { readonly outcome: 'no_code' }
	| { readonly outcome: 'bad_code' }
	| { readonly outcome: 'wait'; readonly seconds: number; readonly anew: boolean };

/**
 * Lets a newcomer in by a day pass, which is used up by it: an account without a card, that opens everything until the end of the day. One of many who show a
 * pass at the same moment gets in.
 */
export type PassTaker = (
	library: LibraryRecord,
	given: { readonly code: string; readonly caller: Caller },
) => Promise<Passed>;

export function createPassTaker(parts: CardParts): PassTaker {
	const watch = createWatch(parts);
	const { database, clock, pace } = parts;

	async function take(library: LibraryRecord, code: string): Promise<AccountRow | undefined> {
		const now = clock.now();
		const about = { keys: parts.keysOf(library.id), library: library.id, now };
		const read = await readDeskCode({ database, ...about }, code, { spend: false });
		if (read?.opens !== 'day' || read.age_band === null) return undefined;
		const ageBand = read.age_band;
		return database.transaction(async (transaction) => {
			// They go with the pass when it is used up.
			const restrictions = await restrictionsOfPass(transaction, library.id, read.hash);
			if ((await readDeskCode({ database: transaction, ...about }, code, { spend: true })) === null)
				return undefined;
			const id = parts.randomId();
			const { month } = coarseTime(library.zone, now);
			await beginWithoutCard(transaction, { id, library: library.id, ageBand, month });
			for (const restriction of restrictions)
				await restrictAccount(transaction, { restriction, library: library.id, account: id, proven: false });
			return accountById(transaction, library.id, id);
		});
	}

	return async (library, { code, caller }) => {
		if (code.trim() === '') return { outcome: 'no_code' };
		const started = pace.now();
		const wary = await watch.look(library, caller, async () => false);
		if (wary.seconds > 0) return { outcome: 'wait', ...wary };
		const account = await take(library, code);
		if (account) return { outcome: 'ok', account, goodUntil: endOfDay(library, clock.now()) };
		await watch.wrong(library, caller, false);
		await pace.refuse(library.id, { started, asked: false });
		return { outcome: 'bad_code' };
	};
}
