import type { Knex } from 'knex';
import type { Database } from './database.ts';
import type { BackupRow, BranchRow, LibraryRow } from './rows.ts';

/** How often branches are copied, and which copies a schedule made. */
export async function backupSchedules(database: Knex): Promise<void> {
	await database.raw(`
		alter table library add column backup_schedule jsonb;
		alter table backup add column scheduled boolean not null default false;
	`);
}

/** Branches with a folder, by library. */
export async function branchesBackedUp(
	database: Database,
): Promise<{ library: LibraryRow; branches: BranchRow[] }[]> {
	const branches = await database<BranchRow>('branch')
		.whereNotNull('home')
		.whereNot('stage', 'listed')
		.whereNull('retirement')
		.orderBy('slug');
	const libraries = await database<LibraryRow>('library').whereIn('id', [
		...new Set(branches.map(({ library }) => library)),
	]);
	return libraries.map((library) => ({
		library,
		branches: branches.filter((branch) => branch.library === library.id),
	}));
}

/** The copies of branches, newest first. */
export async function copiesOf(
	database: Database,
	branches: readonly string[],
): Promise<Map<string, BackupRow[]>> {
	const rows = await database<BackupRow>('backup')
		.whereIn('branch', [...branches])
		.orderBy('asked', 'desc');
	return Map.groupBy(rows, ({ branch }) => branch);
}

/** The copy a branch is being restored from; null when it is not. */
export async function restoredFrom(database: Database, branch: string): Promise<string | null> {
	const row: { backup: string } | undefined = await database('restore')
		.where({ branch })
		.whereNotIn('state', ['done', 'failed'])
		.first('backup');
	return row?.backup ?? null;
}
