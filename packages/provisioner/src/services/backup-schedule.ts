import { BadInput } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { type BackupSchedule, faultsOfSchedule } from '../schedule/backup-schedule.ts';
import { addAudit } from '../store/access.ts';
import type { LibraryRow } from '../store/rows.ts';

/** Keeps how the branches of a library are copied by themselves; null: not at all, and what was copied stays. Throws `BadInput` with every fault. */
export async function keepBackupSchedule(
	{ database, clock }: Context,
	library: LibraryRow,
	schedule: BackupSchedule | null,
	by: string,
): Promise<void> {
	const faults = faultsOfSchedule(schedule);
	if (faults.length > 0) throw new BadInput('Copies cannot be made like that.', faults);
	await database.transaction(async (transaction) => {
		await transaction('library')
			.where({ id: library.id })
			.update({ backup_schedule: schedule && JSON.stringify(schedule) });
		const subject = `/libraries/${library.slug}`;
		await addAudit(transaction, { at: clock.now(), actor: by, act: 'changeLibrary', subject });
	});
}
