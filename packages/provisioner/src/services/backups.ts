import { BadInput, Conflict, NotFound } from '@understory/core/errors.ts';
import { isServed } from '@understory/core/stage.ts';
import type { Context } from '../context.ts';
import {
	backupsUnderway,
	findBackup,
	insertBackup,
	insertRestore,
	restoreUnderway,
} from '../store/backups.ts';
import type { BranchRow } from '../store/rows.ts';
import { type Asked, actOnBranch } from './act-on-branch.ts';

/** Asks for a copy of a branch. Throws `Conflict` when nothing runs that could be copied, or one is being made. */
export async function askForBackup(
	context: Context,
	branch: Pick<BranchRow, 'id'>,
	asked: Asked & { readonly id: string; readonly scheduled?: boolean },
): Promise<void> {
	const { id, by, scheduled = false } = asked;
	await actOnBranch(
		context,
		branch.id,
		{ ...asked, kind: 'back_up', audit: 'backed_up' },
		async (database, row) => {
			const place = ownPlace(row);
			if ((await backupsUnderway(database, row.id)).length > 0)
				throw new Conflict('A backup of this branch is being made.', 'backup_underway');
			const now = context.clock.now();
			await insertBackup(database, { id, branch: row.id, place, asked: now, asked_by: by, scheduled });
			return {};
		},
	);
}

/**
 * Asks for a branch to be as it was in a copy. What was deleted or taken down since stays so; everything else since is given up, and the folder
 * that served stays in the home until the next restore. Throws `NotFound` and `BadInput` for a copy that is not there or is none, `Conflict`
 * when another restore goes on. A copy that lies in another home is brought from there first.
 */
export async function askForRestore(
	context: Context,
	branch: BranchRow,
	backup: string | undefined,
	asked: Asked & { readonly id: string },
): Promise<void> {
	if (!backup) {
		throw new BadInput('Say which backup.', [{ field: 'backup', text: 'The id of one of its backups.' }]);
	}
	const about = { ...asked, kind: 'restore', audit: 'restored' };
	await actOnBranch(context, branch.id, about, async (database, row) => {
		const place = ownPlace(row);
		const found = await findBackup(database, row.id, backup);
		if (!found) throw new NotFound('This branch has no such backup.');
		if (found.state !== 'done')
			throw new Conflict('This backup is not whole, so it cannot be used.', 'backup_not_whole');
		if (found.place !== place && row.home === null)
			throw new Conflict('The home of this branch has not enrolled yet.', 'another_home');
		if (await restoreUnderway(database, row.id))
			throw new Conflict('This branch is being restored already.', 'restore_underway');
		const now = context.clock.now();
		const epoch = row.epoch + 1;
		// The home that made it hands it over, its keys wrapped for the one of the branch.
		const state = found.place === place ? 'laying_out' : 'carrying';
		await insertRestore(database, { id: asked.id, branch: row.id, backup, epoch, state, asked: now });
		return {};
	});
}

function ownPlace({ stage, place }: BranchRow): string {
	if (isServed(stage) && place !== null) return place;
	throw new Conflict(`A branch that is ${stage} has no folder yet.`, 'stage');
}
