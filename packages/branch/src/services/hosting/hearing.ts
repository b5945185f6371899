import { BadInput, NotAllowed, NotFound } from '@understory/core/errors.ts';
import type { AppealOutcome } from '@understory/core/statement.ts';
import type { BranchContext } from '../../context.ts';
import { type AppealRow, appealById, appealsOf, decidedAppeals, openAppeals } from '../../store/appeals.ts';
import { type DecisionRow, decisionById } from '../../store/decisions.ts';
import type { Reading } from '../../store/store.ts';
import { cleanText } from '../plain-text.ts';
import { imposeAfterAppeal } from './acts.ts';
import { conclude } from './concluding.ts';
import type { Hearer } from './hearers.ts';
import { hearersAt } from './ladder.ts';
import { reasonFaults, reverseIn } from './reversing.ts';
import { tellOfAct } from './telling.ts';

/** An appeal with what it is against. */
export interface AppealCase {
	readonly appeal: AppealRow;
	readonly decision: DecisionRow;
	/** As what the member of the staff who looks may decide it; null when they may not. */
	readonly as: Hearer | null;
	/** May anybody decide it at all? */
	readonly heard: boolean;
}

/** How long an answer stands on the hosts' page. */
const SHOWN = 30 * 24 * 60 * 60_000;

/**
 * The appeals a member of the staff may look at: hosts of the branch all of them, also those against themselves; anybody else those they may decide. Throws
 * NotAllowed for whoever is neither.
 */
export function appealsFor(
	context: BranchContext,
	staffId: string,
): { readonly open: readonly AppealCase[]; readonly decided: readonly AppealCase[] } {
	const isHost = context.current.mayDecide(staffId);
	const mine = (one: AppealCase) => isHost || one.as !== null || one.appeal.staff_id === staffId;
	const found = context.store.read((reading) => {
		const cases = (rows: readonly AppealRow[]) =>
			rows.map((row) => caseOf(context, reading, row, staffId)).filter(mine);
		const since = context.clock.now() - SHOWN;
		return { open: cases(openAppeals(reading)), decided: cases(decidedAppeals(reading, since)) };
	});
	if (!isHost && found.open.length + found.decided.length === 0) throw notForYou();
	return found;
}

/** One of these. Throws NotFound, or NotAllowed for whoever may not look at it. */
export function appealFor(context: BranchContext, staffId: string, id: string): AppealCase {
	return context.store.read((reading) => {
		const appeal = appealById(reading, id);
		if (!appeal) throw new NotFound();
		const found = caseOf(context, reading, appeal, staffId);
		const may = found.as !== null || appeal.staff_id === staffId || context.current.mayDecide(staffId);
		if (!may) throw notForYou();
		return found;
	});
}

/** Is there an appeal that this member of the staff may decide? */
export function hasAppealFor(context: BranchContext, staffId: string): boolean {
	return context.store.read((reading) =>
		openAppeals(reading).some((appeal) => caseOf(context, reading, appeal, staffId).as !== null),
	);
}

/**
 * Decides an appeal. Upheld: what the decision did is done again where the appeal had lifted it. Overturned: the decision is reversed. Both sides read the reason,
 * and so does the public; one transaction. Throws NotFound, NotAllowed for whoever decided before or may not, Conflict `already_decided`, and BadInput with
 * `outcome_missing` and the codes of `facts.ts`.
 */
export function answerAppeal(
	context: BranchContext,
	staffId: string,
	id: string,
	said: { readonly outcome: AppealOutcome | null; readonly reason: string },
): void {
	context.store.transact((writing) => {
		const appeal = appealById(writing, id);
		if (!appeal) throw new NotFound();
		const { decision, as } = caseOf(context, writing, appeal, staffId);
		if (as === null && appeal.decided === null) throw notForYou();
		const faults = reasonFaults(writing, decision, said.reason);
		if (said.outcome === null) faults.unshift({ field: 'outcome', text: 'outcome_missing' });
		const { outcome } = said;
		if (outcome === null || faults.length > 0) {
			throw new BadInput('Something on this page needs another look.', faults);
		}
		const reason = cleanText(said.reason);
		const outcomeId = conclude(context, writing, appeal, { outcome, reason, staffId, as: as ?? 'host' });
		if (outcome === 'overturned') {
			reverseIn(context, writing, decision, { reason, staffId, as: as ?? 'host', refs: [outcomeId] });
			return;
		}
		const { post, person } = decision;
		if (appeal.meanwhile === 'lifted') imposeAfterAppeal(context, writing, decision);
		tellOfAct(context, writing, { kind: 'appeal_outcome', decision: decision.id, person, post });
	});
}

function caseOf(context: BranchContext, reading: Reading, appeal: AppealRow, staffId: string): AppealCase {
	const decision = decisionById(reading, appeal.decision)!;
	const earlier = appealsOf(reading, decision.id).filter(({ step }) => step < appeal.step);
	const hearers = hearersAt(context, decision, earlier, appeal.step);
	const as = appeal.decided === null ? (hearers.get(staffId) ?? null) : null;
	return { appeal, decision, as, heard: hearers.size > 0 };
}

function notForYou(): NotAllowed {
	return new NotAllowed('An appeal is decided by somebody who did not decide before.', 'not_a_hearer');
}
