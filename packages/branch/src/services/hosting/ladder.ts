import { dateIn } from '@understory/core/calendar.ts';
import type { BranchContext } from '../../context.ts';
import { type AppealRow, appealsOf } from '../../store/appeals.ts';
import { type DecisionRow, reversalOf } from '../../store/decisions.ts';
import { seenOf } from '../../store/notices.ts';
import type { Reading } from '../../store/store.ts';
import { appealUntil, STEP_DAYS } from './appeal-clock.ts';
import { type Hearer, hearersOf } from './hearers.ts';

/** Where somebody stands with a decision about them. */
export interface Ladder {
	readonly appeals: readonly AppealRow[];
	/** The one nobody has decided yet. */
	readonly pending: AppealRow | null;
	/** The step that can be taken, with its last day (YYYY-MM-DD); null when there is none, or it is too late. */
	readonly next: { readonly step: number; readonly until: string } | null;
}

type Now = Pick<BranchContext, 'current' | 'clock'>;

/**
 * Looks up where the person a decision is about stands with it. `reads`: they read of it at this very moment. `on`: the day (YYYY-MM-DD) it is asked for, when that is
 * not today.
 */
export function ladderOf(
	context: Now,
	reading: Reading,
	decision: DecisionRow,
	{ reads = false, on }: { readonly reads?: boolean; readonly on?: string } = {},
): Ladder {
	const appeals = appealsOf(reading, decision.id);
	const last = appeals.at(-1);
	const pending = appeals.find(({ decided }) => decided === null) ?? null;
	const over = decision.person === null || pending !== null || reversalOf(reading, decision.id);
	if (over) return { appeals, pending, next: null };
	const step = appeals.length + 1;
	if (step > STEP_DAYS.length || (step > 1 && hearersAt(context, decision, appeals, step).size === 0)) {
		return { appeals, pending, next: null };
	}
	const told = last?.decided ?? decision.created;
	const kind = last ? 'appeal_outcome' : 'decision';
	const { person } = decision;
	const seen = seenOf(reading, { person: person!, decision: decision.id, kind, from: told });
	const now = context.clock.now();
	const { zone } = context.current.library();
	const until = appealUntil(zone, told, seen ?? (reads ? now : null));
	return { appeals, pending, next: (on ?? dateIn(zone, now)) <= until ? { step, until } : null };
}

/** Who may decide a step of the ladder of this decision. */
export function hearersAt(
	{ current, clock }: Now,
	decision: DecisionRow,
	appeals: readonly AppealRow[],
	step: number,
): ReadonlyMap<string, Hearer> {
	const before = [decision.staff_id, ...appeals.flatMap(({ staff_id }) => staff_id ?? [])];
	const grants = current.register()?.grants ?? [];
	return hearersOf(grants, { branch: current.branch().id, step, before, now: clock.now() });
}
