import type { Database } from './database.ts';
import type { BranchRow } from './rows.ts';

export type DueName = Pick<BranchRow, 'id' | 'origin' | 'generation'>;

/** Branches that have served and are not deleted, whose name nobody looked at yet, or whose time for that has come; those first that wait longest. */
export async function dueNames(database: Database, now: number, most: number): Promise<DueName[]> {
	return database('branch')
		.leftJoin('public_name', 'public_name.branch', 'branch.id')
		.whereNot('branch.stage', 'listed')
		.whereNotNull('branch.branch_key')
		.whereRaw(`branch.retirement -> 'deleted' is null`)
		.where((any) => any.whereNull('public_name.next_look').orWhere('public_name.next_look', '<=', now))
		.orderByRaw('public_name.next_look nulls first, branch.id')
		.limit(most)
		.select('branch.id', 'branch.origin', 'branch.generation');
}

/** Notes when the name of a branch is looked at next, UTC milliseconds. */
export async function keepNameLook(database: Database, branch: string, next_look: number): Promise<void> {
	await database('public_name').insert({ branch, next_look }).onConflict('branch').merge();
}
