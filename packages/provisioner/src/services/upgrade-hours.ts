import { BadInput } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { addAudit } from '../store/access.ts';
import type { LibraryRow } from '../store/rows.ts';
import { faultsOfHours, type Window } from '../upgrade/waves.ts';

/** Keeps in which hours of its own time the homes of a library may be upgraded; null: in those of each upgrade. Throws `BadInput`. */
export async function keepUpgradeHours(
	{ database, clock }: Context,
	library: LibraryRow,
	hours: Window | null,
	by: string,
): Promise<void> {
	const faults = faultsOfHours('hours', hours);
	if (faults.length > 0) throw new BadInput('These are no hours.', faults);
	await database.transaction(async (transaction) => {
		await transaction('library')
			.where({ id: library.id })
			.update({ upgrade_hours: hours && JSON.stringify(hours) });
		const subject = `/libraries/${library.slug}`;
		await addAudit(transaction, { at: clock.now(), actor: by, act: 'changeLibrary', subject });
	});
}
