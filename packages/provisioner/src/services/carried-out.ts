import type { Context } from '../context.ts';
import { isOver, isSkew, TRIES } from '../reconcile/observe.ts';
import { type BranchRow, big, type IntentRow } from '../store/rows.ts';

/** Has the home answered for what is wanted now? */
export function isCarriedOut(row: BranchRow): boolean {
	return big(row.observed_generation) >= big(row.generation);
}

/** A branch that is suspended serves nobody, and that is what is wanted. */
export function isAsWanted(row: BranchRow): boolean {
	if (isOver(row)) return true;
	return row.observed_state === 'serving' || (row.observed_state === 'suspended' && row.suspension !== null);
}

/** Branches whose present wish failed as often as it is tried. */
export async function givenUpAmong(context: Context, branches: readonly BranchRow[]): Promise<BranchRow[]> {
	const behind = new Map(branches.filter((row) => !isCarriedOut(row)).map((row) => [row.id, row]));
	const intents = await context
		.database<IntentRow>('intent')
		.whereIn('branch', [...behind.keys()])
		.where({ state: 'failed' })
		.where('failures', '>=', TRIES);
	return intents.flatMap((intent) => {
		const { branch, generation } = intent;
		const row = behind.get(branch);
		return row && row.generation === generation && !isSkew(intent) ? [row] : [];
	});
}
