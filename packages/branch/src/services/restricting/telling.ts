import type { BranchContext } from '../../context.ts';
import { addNotice } from '../../store/notices.ts';
import { askedOf } from '../../store/proposals.ts';
import type { Writing } from '../../store/store.ts';

/** Tells everybody who was asked about a proposal, or answered, what it has come to. Call it within the transaction that does it. */
export function tellAsked(
	context: Pick<BranchContext, 'ids' | 'clock'>,
	writing: Writing,
	proposal: string,
	kind: 'server_asked' | 'server_decided',
): void {
	const created = context.clock.now();
	const about = { kind, post: null, actor: null, decision: null, proposal, created, read: null } as const;
	for (const { person } of askedOf(writing, proposal))
		addNotice(writing, { ...about, id: context.ids.next(), person });
}
