import { BadInput, Conflict, NotFound } from '@understory/core/errors.ts';
import { isServed } from '@understory/core/stage.ts';
import type { Context } from '../context.ts';
import { addAudit } from '../store/access.ts';
import {
	backupsUnderway,
	findBackup,
	insertBackup,
	insertRestore,
	restoreUnderway,
} from '../store/backups.ts';
import { branchById, subjectOf } from '../store/branches.ts';
import { type Database, lock } from '../store/database.ts';
import type { BranchRow } from '../store/rows.ts';

/** Who wants it, and under which id: that of the operation. */
export interface Asked {
	readonly id: string;
	readonly by: string;
}

/** Asks for a copy of a branch. Throws `Conflict` when nothing runs that could be copied, or one is being made. */
export async function askForBackup(context: Context, branch: BranchRow, { id, by }: Asked): Promise<void> {
	await ask(context, branch.id, { id, by }, 'backed_up', async (database, row) => {
		if ((await backupsUnderway(database, row.id)).some((one) => one.id !== id)) {
			throw new Conflict('A backup of this branch is being made.', 'backup_underway');
		}
		await insertBackup(database, {
			...{ id, branch: row.id, place: row.place!, asked: context.clock.now(), asked_by: by },
		});
	});
}

/**
 * Asks for a branch to be as it was in a copy. What was deleted or taken down since stays so; everything else since is given up, and the folder
 * that served stays in the home until the next restore. Throws `NotFound` and `BadInput` for a copy that is not there or is none, `Conflict`
 * when another restore goes on or the copy is in another home.
 */
export async function askForRestore(
	context: Context,
	branch: BranchRow,
	backup: string | undefined,
	{ id, by }: Asked,
): Promise<void> {
	if (!backup) {
		throw new BadInput('Say which backup.', [{ field: 'backup', text: 'The id of one of its backups.' }]);
	}
	await ask(context, branch.id, { id, by }, 'restored', async (database, row) => {
		const found = await findBackup(database, row.id, backup);
		if (!found) throw new NotFound('This branch has no such backup.');
		if (found.state !== 'done')
			throw new Conflict('This backup is not whole, so it cannot be used.', 'backup_not_whole');
		if (found.place !== row.place)
			throw new Conflict('This backup lies in another home than the branch.', 'another_home');
		const going = await restoreUnderway(database, row.id);
		if (going?.id === id) return;
		if (going) throw new Conflict('This branch is being restored already.', 'restore_underway');
		await insertRestore(database, {
			...{ id, branch: row.id, backup, epoch: row.epoch + 1, asked: context.clock.now() },
		});
	});
}

async function ask(
	context: Context,
	id: string,
	asked: Asked,
	act: 'backed_up' | 'restored',
	write: (database: Database, row: BranchRow) => Promise<void>,
): Promise<void> {
	await context.database.transaction(async (transaction) => {
		await lock(transaction, `branch:${id}`);
		const row = await branchById(transaction, id);
		if (!row) throw new NotFound('There is no such branch.');
		if (!isServed(row.stage) || row.place === null)
			throw new Conflict(`A branch that is ${row.stage} has no folder yet.`, 'stage');
		await write(transaction, row);
		await addAudit(transaction, {
			at: context.clock.now(),
			actor: asked.by,
			act,
			subject: subjectOf(row),
		});
	});
	context.afterStep(`${act}_asked`);
}
