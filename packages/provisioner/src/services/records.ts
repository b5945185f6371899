import { dateIn } from '@understory/core/calendar.ts';
import { BadInput } from '@understory/core/errors.ts';
import { type AdoptedRecords, faultsOfAdoption } from '@understory/core/records-profile.ts';
import { recordsProfile } from '@understory/core/records-profiles.ts';
import type { Context } from '../context.ts';
import { addAudit } from '../store/access.ts';
import type { LibraryRow } from '../store/rows.ts';

/**
 * Writes down what the library's counsel settled about records (ADR 96): it travels in the register, and every branch keeps to it from its next version on. Throws
 * `BadInput` with every fault.
 */
export async function adoptRecords(
	context: Context,
	library: LibraryRow,
	wanted: AdoptedRecords,
	by: string,
): Promise<AdoptedRecords> {
	const now = context.clock.now();
	const adopted = { ...wanted, adopted_by: wanted.adopted_by.replace(/[\s\p{Cc}]+/gu, ' ').trim() };
	const faults = faultsOfAdoption(recordsProfile(adopted.profile), adopted);
	if (adopted.adopted_on > dateIn(library.zone, now))
		faults.push({ field: 'adopted_on', text: 'Write a day that has come.' });
	if (faults.length > 0) throw new BadInput('This cannot be adopted as it stands.', faults);
	await context.database.transaction(async (transaction) => {
		await transaction('library')
			.where({ id: library.id })
			.update({ records: JSON.stringify(adopted) });
		await addAudit(transaction, {
			at: now,
			actor: by,
			act: 'records_adopted',
			subject: `records of library ${library.id}: ${JSON.stringify(adopted)}`,
		});
	});
	return adopted;
}
