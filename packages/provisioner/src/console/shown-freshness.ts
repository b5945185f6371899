import { backupFresh } from '../schedule/backup-fresh.ts';
import { type BackupRow, type BranchRow, big, type LibraryRow } from '../store/rows.ts';
import { type ShownCondition, shownConditions } from './condition-words.ts';

/** Whether the newest copy of a branch is new enough, in words, as the copies are now; the condition is written down with the next sweep. `copies` are the newest first. */
export function shownFreshness(
	{ backup_schedule: schedule }: Pick<LibraryRow, 'backup_schedule'>,
	branch: Pick<BranchRow, 'created'>,
	copies: readonly BackupRow[],
	now: number,
): ShownCondition {
	const told = backupFresh(schedule, copies, { since: big(branch.created), now });
	return shownConditions([{ ...told, transition_at: '0' }])[0]!;
}
