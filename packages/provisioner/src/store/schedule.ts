import type { Knex } from 'knex';
import type { Database } from './database.ts';
import type { BackupRow, BranchRow, ConditionType, LibraryRow } from './rows.ts';

/** How often branches are copied, and which copies a schedule made. */
export async function backupSchedules(database: Knex): Promise<void> {
	await database.raw(`
		alter table library add column backup_schedule jsonb;
		alter table backup add column scheduled boolean not null default false;
	`);
}

/** A branch as far as its schedule goes: that of its library, and what is said of its copies. */
export interface ScheduledBranch
	extends Pick<BranchRow, 'id' | 'created' | 'generation'>,
		Pick<LibraryRow, 'zone' | 'backup_schedule'> {
	/** Of its condition `BackupFresh`; null before somebody told it. */
	readonly reason: string | null;
	readonly message: string | null;
}

/**
 * Branches with a folder whose library has a schedule, or of which it was told whether their copies are fresh, after one of them in the order of
 * their ids. Of all others a schedule wants nothing and says nothing.
 */
export async function branchesScheduled(
	database: Database,
	after: string | null,
	limit: number,
): Promise<ScheduledBranch[]> {
	const query = database('branch')
		.join('library', 'library.id', 'branch.library')
		.leftJoin('condition', (on) =>
			on
				.on('condition.branch', 'branch.id')
				.andOnVal('condition.type', 'BackupFresh' satisfies ConditionType),
		)
		.whereNotNull('branch.home')
		.whereNot('branch.stage', 'listed')
		.whereNull('branch.retirement')
		.where((any) => any.whereNotNull('library.backup_schedule').orWhereNotNull('condition.branch'))
		.orderBy('branch.id')
		.limit(limit);
	if (after !== null) query.where('branch.id', '>', after);
	return query.select(
		'branch.id',
		'branch.created',
		'branch.generation',
		'library.zone',
		'library.backup_schedule',
		'condition.reason',
		'condition.message',
	);
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
