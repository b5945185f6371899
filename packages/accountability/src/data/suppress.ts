import { FEWEST } from '@understory/core/statement.ts';

/** A count as it is shown: itself, only that it is under five, or not at all, because it would give another one away. */
export type ShownCount = number | 'under_five' | 'withheld';

/**
 * Makes a list of counts fit to be shown beside their sum, which other lists of the same things show as well. Every count under five becomes
 * `under_five`, nought included, and the largest is withheld, so that sum and others do not tell the rest (complementary suppression). Where
 * that is not enough, all are withheld. Whether it is enough hangs on nothing but what is shown: so each count under five can still be anything
 * from nought to four, for whoever knows this rule, too. A sum under five is `under_five` itself.
 */
export function suppress(counts: readonly number[]): {
	readonly cells: readonly ShownCount[];
	readonly total: ShownCount;
} {
	const total = counts.reduce((sum, count) => sum + count, 0);
	if (counts.every((count) => count >= FEWEST)) return { cells: counts, total };
	if (total < FEWEST) return { cells: counts.map(() => 'under_five'), total: 'under_five' };
	const largest = counts.lastIndexOf(Math.max(...counts));
	const shown = counts.filter((count, at) => count >= FEWEST && at !== largest);
	const rest = total - shown.reduce((sum, count) => sum + count, 0);
	const most = FEWEST - 1;
	// What is withheld is as large as the largest that is shown, or larger when one of the same size stands after it.
	const least = Math.max(FEWEST, ...shown.map((count) => count + 1));
	const enough = counts[largest]! >= FEWEST && rest - most >= least;
	if (!enough) return { cells: counts.map(() => 'withheld'), total };
	const mark = (count: number, at: number): ShownCount =>
		count < FEWEST ? 'under_five' : at === largest ? 'withheld' : count;
	return { cells: counts.map(mark), total };
}
