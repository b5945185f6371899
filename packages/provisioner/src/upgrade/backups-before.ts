import { PublicError } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { beginOperation } from '../services/operations.ts';
import { backupsOf, insertBackup } from '../store/backups.ts';
import { type BackupRow, type BranchRow, big } from '../store/rows.ts';
import type { UpgradeRow } from '../store/upgrades.ts';

/**
 * Has every branch of a home copied that has no copy since the upgrade was asked for. Returns their copies when all of them have one by now,
 * and null before. Throws `PublicError` when one cannot be copied: without it there would be no way back from a version that changes folders.
 */
export async function backedUp(
	context: Context,
	place: string,
	upgrade: UpgradeRow,
	look: (branches: readonly string[]) => Promise<void>,
): Promise<BackupRow[] | null> {
	const { database, clock } = context;
	const branches = (
		await database<BranchRow>('branch').where({ place }).whereNotNull('home').whereNot('stage', 'listed')
	).filter(({ retirement }) => retirement?.deleted === undefined);
	const waiting: string[] = [];
	const copies: BackupRow[] = [];
	for (const branch of branches) {
		const [newest] = (await backupsOf(database, branch.id, 5)).filter(
			(row) => big(row.asked) >= big(upgrade.asked),
		);
		if (newest?.state === 'done') {
			copies.push(newest);
			continue;
		}
		if (newest?.state === 'failed') {
			const sentence = `${branch.name} could not be copied before it: ${newest.message}`;
			throw new PublicError(502, 'backup_failed', sentence);
		}
		waiting.push(branch.id);
		if (newest) continue;
		const by = upgrade.asked_by;
		await database.transaction(async (transaction) => {
			const about = { kind: 'back_up', library: branch.library, branch: branch.id, by };
			const id = await beginOperation({ ...context, database: transaction }, about);
			await insertBackup(transaction, { id, branch: branch.id, place, asked: clock.now(), asked_by: by });
		});
	}
	await look(waiting);
	return waiting.length === 0 ? copies : null;
}
