import type { BranchRecord } from '@understory/core/register.ts';
import type { Entry, TotalsEntry } from '@understory/core/statement.ts';
import type { Db } from '../store/database.ts';
import { sealedAmong, sealedInMonth } from '../store/sealed.ts';

/**
 * Is this entry counted and not shown (reference/accountability.md 6)? What is about a sealed entry is sealed, what is about a public one is
 * public; a first decision is sealed where the library lets the branch publish sums only, and where fewer people than `minimumPopulation` are
 * there, or nobody said how many. The sums of a month in which anything was sealed are sealed, since what is public could be subtracted.
 */
export async function isSealed(
	db: Db,
	minimumPopulation: number,
	branch: Pick<BranchRecord, 'id' | 'totals_only'>,
	entry: Pick<Entry, 'refs'> | TotalsEntry,
	people: number | null,
): Promise<boolean> {
	if ('totals' in entry && (await sealedInMonth(db, branch.id, entry.month))) return true;
	const about = await sealedAmong(db, entry.refs);
	if (about.length > 0) return about.includes(true);
	return branch.totals_only !== undefined || (people ?? 0) < minimumPopulation;
}
