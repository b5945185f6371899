import { BadInput, Conflict, NotAllowed, NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../../context.ts';
import { decisionById } from '../../store/decisions.ts';
import { postById } from '../../store/posts.ts';
import { addHold, holdOn, releaseHold } from '../../store/records.ts';
import { cleanLine, lengthOf } from '../plain-text.ts';
import { keepHeldCopy } from './removing.ts';

/** Longest reason of a hold, in characters. */
export const LONGEST_HOLD = 300;

/**
 * Holds a case: nothing of it is destroyed until the hold is released. A post that is still there is copied, sealed, to the file of the case, so that its author's taking
 * it back, or leaving, does not lose it. Throws NotAllowed, NotFound, Conflict `already_held`, and BadInput `hold_reason`.
 */
export function holdCase(context: BranchContext, staffId: string, id: string, said: string): void {
	if (!context.current.may(staffId, 'hold_cases')) throw notYourRole();
	const reason = cleanLine(said);
	if (reason === '' || lengthOf(reason) > LONGEST_HOLD) {
		throw new BadInput('Say what asks for it.', [{ field: 'hold', text: 'hold_reason' }]);
	}
	context.store.transact((writing) => {
		const decision = decisionById(writing, id);
		if (!decision) throw new NotFound();
		if (holdOn(writing, id)) throw new Conflict('This case is held already.', 'already_held');
		const hold = context.ids.next();
		addHold(writing, {
			...{ id: hold, decision: id, staff_id: staffId, created: context.clock.now() },
			...{ reason: context.keyring.seal(`hold:${hold}`, reason), released: null, released_by: null },
		});
		const post = decision.post === null ? undefined : postById(writing, decision.post);
		if (post && post.deleted === null) keepHeldCopy(context, writing, id, post);
	});
}

/** Releases a case: from now on the schedule counts again. Throws NotAllowed, NotFound. */
export function releaseCase(context: BranchContext, staffId: string, id: string): void {
	if (!context.current.may(staffId, 'release_cases')) throw notYourRole();
	context.store.transact((writing) => {
		if (releaseHold(writing, id, context.clock.now(), staffId) === 0) throw new NotFound();
	});
}

function notYourRole(): NotAllowed {
	return new NotAllowed('This is for other roles on the staff.', 'not_your_role');
}
