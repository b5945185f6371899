import { Conflict } from '@understory/core/errors.ts';
import type { AppealOutcome } from '@understory/core/statement.ts';
import type { BranchContext } from '../../context.ts';
import { type AppealRow, decideAppeal } from '../../store/appeals.ts';
import type { Writing } from '../../store/store.ts';
import { decidedBy, record } from '../recording.ts';
import type { Hearer } from './hearers.ts';

/** What somebody else answers to an appeal; the reason was held to what is published. */
export interface Answer {
	readonly outcome: AppealOutcome;
	readonly reason: string;
	readonly staffId: string;
	readonly as: Hearer;
}

/** Writes the answer down, here and in the log. What follows from it is the caller's. Throws Conflict `already_decided`. Returns the id of the entry. */
export function conclude(
	context: BranchContext,
	writing: Writing,
	appeal: AppealRow,
	answer: Answer,
): string {
	const id = context.ids.random();
	const { outcome, staffId, reason } = answer;
	const changed = decideAppeal(writing, appeal.id, {
		...{ outcome, outcome_id: id, staff_id: staffId, decided: context.clock.now() },
		reason: context.keyring.seal(`appeal-answer:${appeal.id}`, reason),
	});
	if (changed === 0) throw new Conflict('Somebody else has answered this appeal.', 'already_decided');
	recordOutcome(context, writing, appeal, { ...answer, id });
	return id;
}

function recordOutcome(
	context: BranchContext,
	writing: Writing,
	appeal: AppealRow,
	{ id, outcome, staffId, as, reason }: Answer & { readonly id: string },
): void {
	const decided_by = decidedBy(context, writing, staffId, as);
	const refs = [appeal.id, appeal.decision];
	record(context, writing, {
		...{ id, kind: 'appeal_outcome', step: appeal.step, outcome, decided_by, refs },
		texts: { explanation: reason },
	});
}
