import { momentIn } from '@understory/core/calendar.ts';
import { type BranchWaiting, byPressure, MOST_WAITING, type Waiting } from '@understory/core/team-list.ts';
import type { BranchContext } from '../../context.ts';
import { appealsOf, openAppeals } from '../../store/appeals.ts';
import { decisionById } from '../../store/decisions.ts';
import { type HandedRow, handedMatters } from '../../store/matters.ts';
import { listAsked } from '../../store/quarantine.ts';
import type { Reading } from '../../store/store.ts';
import { hearersAt } from './ladder.ts';
import { assigneeOf } from './matters.ts';
import { mayAgree, sealedIn } from './quarantining.ts';
import { teamHere } from './staff-here.ts';

/** With the page of this branch where it is done. */
export type WaitingHere = Waiting & { readonly href: string };

/**
 * Everything that waits at this branch for its moderation team, the most pressing first: what was handed to it, appeals that it may decide, and what was sealed and needs a second person.
 */
export function waitingHere(context: BranchContext): WaitingHere[] {
	const team = new Set(teamHere(context).map(({ staffId }) => staffId));
	return context.store.read((reading) =>
		[
			...handedMatters(reading).map((row) => matterIn(context, row)),
			...appealsIn(context, reading),
			...sealsIn(context, reading, team),
		].sort(byPressure),
	);
}

/** The same as the platform may know it. */
export function waitingForTeam(context: BranchContext): BranchWaiting {
	const all = waitingHere(context);
	const items = all.slice(0, MOST_WAITING).map(({ href, ...item }) => item);
	return { branch: context.id, total: all.length, items };
}

function matterIn(context: BranchContext, row: HandedRow): WaitingHere {
	const href = `/staff/reports/${row.id}`;
	const kind = row.concern === 'danger' ? 'emergency' : row.official ? 'official' : 'report';
	const taken = assigneeOf(context, row) !== null;
	return { id: context.keyring.mark(href), kind, due: row.due, taken, href };
}

function appealsIn(context: BranchContext, reading: Reading): WaitingHere[] {
	const { zone } = context.current.library();
	return openAppeals(reading).flatMap((appeal) => {
		const decision = decisionById(reading, appeal.decision)!;
		const earlier = appealsOf(reading, decision.id).filter(({ step }) => step < appeal.step);
		const hearers = [...hearersAt(context, decision, earlier, appeal.step).values()];
		if (!hearers.includes('moderation_team')) return [];
		const href = `/staff/appeals/${appeal.id}`;
		const due = momentIn(zone, appeal.due, '23:59')!;
		return [{ id: context.keyring.mark(href), kind: 'appeal' as const, due, taken: false, href }];
	});
}

function sealsIn(context: BranchContext, reading: Reading, team: ReadonlySet<string>): WaitingHere[] {
	return listAsked(reading).flatMap((decision) => {
		const { asked, steps } = sealedIn(context, reading, decision);
		const second = asked && [...mayAgree(context, asked).keys()].some((staffId) => team.has(staffId));
		if (!second) return [];
		const href = `/staff/quarantine/${decision}`;
		// The next clock of its runbook; where all is done, it was due when somebody asked.
		const clocks = steps.flatMap(({ due, done }) => (done ? [] : [due]));
		const due = clocks.length > 0 ? Math.min(...clocks) : asked.at;
		return [{ id: context.keyring.mark(href), kind: 'emergency' as const, due, taken: false, href }];
	});
}
