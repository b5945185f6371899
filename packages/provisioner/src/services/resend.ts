import { changeBranch } from '../store/branches.ts';
import type { Database } from '../store/database.ts';
import type { BranchRow } from '../store/rows.ts';

/** Has every branch of a library that is served told anew what is wanted of it, since what it is told carries the library. Returns their ids, to be looked at. */
export async function resendLibrary(database: Database, library: string): Promise<string[]> {
	const rows = await database<BranchRow>('branch')
		.where({ library })
		.whereNot('stage', 'listed')
		.select('id');
	for (const { id } of rows) await changeBranch(database, id, {});
	return rows.map((row) => row.id);
}
