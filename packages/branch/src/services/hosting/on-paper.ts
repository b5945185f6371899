import { dateIn, isDay } from '@understory/core/calendar.ts';
import { BadInput, NotAllowed, NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../../context.ts';
import { type DecisionRow, decisionById } from '../../store/decisions.ts';
import { markTold } from '../../store/notices.ts';
import type { Reading } from '../../store/store.ts';
import { appeal } from './appealing.ts';

/** A decision about somebody with an account here, told and answered over a desk. */
type Told = DecisionRow & { readonly person: number };

/** The printed notice was handed to whoever it is about: their time to appeal runs from now on, unless they had read it before. Throws NotAllowed, NotFound. */
export function handNotice(context: BranchContext, staffId: string, id: string): void {
	checkDesk(context, staffId);
	context.store.transact((writing) => {
		const { person } = toldOf(writing, id);
		markTold(writing, person, id, context.clock.now());
	});
}

/**
 * Takes an appeal that was given in on paper, as if its author had written it here. The day it was given in counts, not the one it is written down. Throws NotAllowed, NotFound,
 * BadInput `paper_day`, and what `appeal` throws.
 */
export function appealOnPaper(
	context: BranchContext,
	staffId: string,
	id: string,
	said: { readonly words: string; readonly on: string },
): void {
	checkDesk(context, staffId);
	const decision = context.store.read((reading) => toldOf(reading, id));
	const { zone } = context.current.library();
	const { on, words } = said;
	const possible =
		isDay(on) && dateIn(zone, decision.created) <= on && on <= dateIn(zone, context.clock.now());
	if (!possible) throw new BadInput('On which day was it given in?', [{ field: 'on', text: 'paper_day' }]);
	appeal(context, { id: decision.person }, id, words, { by: staffId, on });
}

function toldOf(reading: Reading, id: string): Told {
	const decision = decisionById(reading, id);
	// Whoever has no account here has no notice.
	if (!decision || decision.person === null) throw new NotFound();
	return { ...decision, person: decision.person };
}

function checkDesk({ current }: BranchContext, staffId: string): void {
	if (!current.mayDecide(staffId)) {
		throw new NotAllowed('Only the hosts of this branch do this for somebody.', 'not_a_host');
	}
}
