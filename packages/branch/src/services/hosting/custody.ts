import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import type { BranchContext } from '../../context.ts';
import { addCustody, type Custody, custodyOf } from '../../store/quarantine.ts';
import type { Writing } from '../../store/store.ts';

/** Adds a line to who had a sealed post in hands. Each holds the digest of the one before it, so that none can be changed or taken out unseen. */
export function noteCustody(
	context: Pick<BranchContext, 'clock' | 'ids'>,
	writing: Writing,
	line: Pick<Custody, 'decision' | 'what' | 'staff_id'> & { readonly evidence?: string },
): void {
	const { decision, what, staff_id, evidence = null } = line;
	const before = custodyOf(writing, decision).at(-1)?.digest ?? null;
	const row = { id: context.ids.next(), decision, what, staff_id, at: context.clock.now(), evidence };
	addCustody(writing, { ...row, digest: digestOf(row, before) });
}

/** Does each line still name the one before it? */
export function isUnbroken(lines: readonly Custody[]): boolean {
	return lines.every((line, at) => line.digest === digestOf(line, lines[at - 1]?.digest ?? null));
}

function digestOf(line: Omit<Custody, 'digest'>, before: string | null): string {
	const { decision, what, staff_id, at, evidence } = line;
	return digestDocument({
		...{ type: 'understory/custody/v1', decision, what, at, before },
		...{ staff_id: staff_id ?? '', evidence: evidence ?? '' },
	});
}
