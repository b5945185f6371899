import { BadInput } from '@understory/core/errors.ts';
import { type BodyRecord, faultsOfBodies, MOST_BODIES } from '@understory/core/office.ts';
import type { Context } from '../context.ts';
import { addAudit } from '../store/access.ts';
import type { LibraryRow } from '../store/rows.ts';

/** Writes down how many members bodies have, and how many are a quorum (ADR 97). Throws `BadInput`, with `bodies_<place in the list>` as the field. */
export async function changeBodies(
	context: Context,
	library: LibraryRow,
	bodies: readonly BodyRecord[],
	by: string,
): Promise<void> {
	const faults = faultsOfBodies(bodies).map(({ at, text }) => ({ field: `bodies_${at}`, text }));
	if (bodies.length > MOST_BODIES) faults.push({ field: 'bodies', text: `At most ${MOST_BODIES} bodies.` });
	if (faults.length > 0) throw new BadInput('These bodies cannot be kept as they stand.', faults);
	await context.database.transaction(async (transaction) => {
		await transaction('library')
			.where({ id: library.id })
			.update({ bodies: JSON.stringify(bodies) });
		await addAudit(transaction, {
			...{ at: context.clock.now(), actor: by, act: 'bodies_changed' },
			subject: `bodies of library ${library.id}: ${JSON.stringify(bodies)}`,
		});
	});
}
