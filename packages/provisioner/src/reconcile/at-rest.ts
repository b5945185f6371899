import type { ToldCondition } from '../store/branches.ts';
import { big, type ConditionRow } from '../store/rows.ts';
import { lookAgain } from './look-again.ts';
import { nextAction } from './next-action.ts';
import { observe, type SeenBranch, type Sighting } from './observe.ts';
import { type Around, toldOf } from './told.ts';

/** A condition as far as it is compared with what would be told. */
export type WrittenCondition = Pick<
	ConditionRow,
	'type' | 'status' | 'reason' | 'message' | 'observed_generation'
>;

/**
 * Would a pass over a branch that was seen like this do nothing at all: no action, nothing to come back for, and no condition to tell that is not written
 * already? Asks what the pass asks. What copies and moves still have to do is for the caller to know.
 */
export function isAtRest(seen: Sighting, written: readonly WrittenCondition[], around: Around): boolean {
	const state = observe(seen);
	return (
		nextAction(state) === null &&
		lookAgain(state, seen.now) === null &&
		isWritten(toldOf(state, seen.branch, around), seen.branch, written)
	);
}

function isWritten(
	all: readonly ToldCondition[],
	branch: SeenBranch,
	written: readonly WrittenCondition[],
): boolean {
	return all.every((told) =>
		written.some(
			(one) =>
				one.type === told.type &&
				one.status === told.status &&
				one.reason === told.reason &&
				one.message === told.message &&
				big(one.observed_generation) === big(branch.generation),
		),
	);
}
