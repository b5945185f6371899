import { BadInput } from '@understory/core/errors.ts';
import type { SignedEntry, UnsealingEntry } from '@understory/core/statement.ts';
import { type Disclosed, reveal } from '@understory/transparency-log/sd.ts';
import type { Db } from '../store/database.ts';
import { findEntry } from '../store/entries.ts';
import { dropUnsealed, keepUnsealed } from '../store/unsealed.ts';

/**
 * Keeps what the person affected made public of a decision of the same branch, or drops it (docs/adr/0095). Throws BadInput for anything but the very texts that the decision committed
 * to in the log. What the library has withdrawn stays withdrawn. Call within the transaction that takes the entry up.
 */
export async function takeUnsealing(
	db: Db,
	branchId: string,
	{ id, refs, state }: Pick<UnsealingEntry, 'id' | 'refs' | 'state'>,
	unsealed: readonly Disclosed[],
): Promise<void> {
	const [about, ...others] = refs;
	const row = about === undefined || others.length > 0 ? undefined : await findEntry(db, about);
	if (row?.branch_id !== branchId || row.kind !== 'decision') {
		throw new BadInput('An unsealing names one decision of its branch.', [
			{ field: 'refs', text: 'It must name one decision that was taken up before.' },
		]);
	}
	if (state === 'taken_back') return dropUnsealed(db, row.id);
	const committed = (JSON.parse(row.entry) as SignedEntry)._sd;
	const disclosures = unsealed.map(({ disclosure }) => disclosure);
	if (reveal(committed, disclosures) === null) {
		throw new BadInput('These are not the words that the log committed to.', [
			{ field: 'unsealed', text: 'Each must be a text that the decision committed to when it was made.' },
		]);
	}
	if (row.withdrawn_by === null) await keepUnsealed(db, row.id, id, unsealed);
}
