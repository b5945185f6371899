import type { BranchContext } from '../../context.ts';
import { type Access, addAccess, hasAccessSince, type Reason } from '../../store/accesses.ts';

/** Looking again within this time, in milliseconds, is the same look: a page is read anew when its form is sent. */
const SAME_LOOK = 15 * 60_000;

/** Reasons somebody can give for opening what a case keeps sealed. */
export const REASONS_TO_OPEN: readonly Reason[] = ['appeal', 'reconsider', 'records', 'audit'];

/** The reason of that name; undefined for any other word. */
export function reasonToOpen(name: string): Reason | undefined {
	return REASONS_TO_OPEN.find((reason) => reason === name);
}

/**
 * Writes down that somebody on the staff looks at something of people's. Call it before it is shown: what cannot be written down is not shown. The branch lead, the
 * moderation team and auditors read it (`read_accesses`).
 */
export function noteAccess(context: BranchContext, access: Omit<Access, 'id' | 'at'>): void {
	const at = context.clock.now();
	const known = context.store.read((reading) => hasAccessSince(reading, access, at - SAME_LOOK));
	if (known) return;
	context.store.transact((writing) => addAccess(writing, { ...access, id: context.ids.next(), at }));
}
