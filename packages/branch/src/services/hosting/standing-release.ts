import { dateIn } from '@understory/core/calendar.ts';
import type { BranchContext } from '../../context.ts';
import { addLook, type ReleaseRow, releaseByCode } from '../../store/releases.ts';
import type { Reading } from '../../store/store.ts';
import { receiptDigest } from '../receipts.ts';

/** `over`: its day has passed. */
export type ReleaseState = 'open' | 'revoked' | 'over';

/** Whether a release holds now. */
export function stateOf(context: Pick<BranchContext, 'clock' | 'current'>, row: ReleaseRow): ReleaseState {
	if (row.revoked !== null) return 'revoked';
	return row.until < today(context) ? 'over' : 'open';
}

/** What a code leads to; undefined for one that was never given out. */
export function releaseBy(reading: Reading, typed: string): ReleaseRow | undefined {
	const digest = receiptDigest(typed);
	return digest === null ? undefined : releaseByCode(reading, digest);
}

/** Reads what a code leads to. That it is read is written down before it is shown, and only while it stands. */
export function lookInto(
	context: BranchContext,
	typed: string,
): { readonly release: ReleaseRow; readonly state: ReleaseState } | undefined {
	return context.store.transact((writing) => {
		const row = releaseBy(writing, typed);
		if (!row) return undefined;
		const state = stateOf(context, row);
		if (state === 'open') {
			addLook(writing, { id: context.ids.next(), release: row.id, at: context.clock.now() });
		}
		return { release: row, state };
	});
}

/** The day at the library, YYYY-MM-DD. */
export function today({ clock, current }: Pick<BranchContext, 'clock' | 'current'>): string {
	return dateIn(current.library().zone, clock.now());
}
