import type { Database } from '../store/database.ts';
import { importCounts } from '../store/imports.ts';
import type { Summary } from './outcome.ts';

/** What an import came to so far, in rows. */
export async function summaryOf(database: Database, id: string): Promise<Summary> {
	const counts = await importCounts(database, id);
	const count = (outcome: keyof Summary) => counts.find((one) => one.outcome === outcome)?.count ?? 0;
	const [created, unchanged, updated] = [count('created'), count('unchanged'), count('updated')];
	const [skipped, refused] = [count('skipped'), count('refused')];
	const rows = created + unchanged + updated + skipped + refused;
	return { rows, created, unchanged, updated, skipped, refused, proposed_closing: count('proposed_closing') };
}
