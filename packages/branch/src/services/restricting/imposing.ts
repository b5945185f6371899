import { dateIn } from '@understory/core/calendar.ts';
import { countInLog, type FederationAction } from '@understory/core/statement.ts';
import type { BranchContext } from '../../context.ts';
import { askingFrom } from '../../store/follows.ts';
import { addServerAnswer } from '../../store/recorded.ts';
import {
	addServerDecision,
	endRestriction,
	keepRestriction,
	knownOrigins,
	restrictionOf,
	restrictions,
	type ServerDecision,
} from '../../store/restrictions.ts';
import type { Writing } from '../../store/store.ts';
import { decidedBy, record } from '../recording.ts';
import { settle } from '../servers.ts';
import { levelRow } from './levels.ts';
import { isOver, isUnder, stopsAt } from './restrictions.ts';
import { settleFollows } from './setting-aside.ts';

/** What hosts decide; times in UTC milliseconds. */
export type Ruling = Pick<
	ServerDecision,
	'host' | 'level' | 'reason' | 'until' | 'review' | 'asked' | 'answered'
>;

/**
 * Makes what hosts decided about a server so: what holds, the follows that go with it, and the entry of the log, in the transaction of the caller, who has
 * checked who decides and the reason; the transaction is one of `ruling`. Taking it back puts back everything that both sides still want (docs/adr/0086). Returns the
 * number of the decision.
 */
export function impose(context: BranchContext, writing: Writing, staffId: string, ruled: Ruling): string {
	const { host, level } = ruled;
	const before = restrictionOf(writing, host) ?? null;
	const [id, at] = [context.ids.random(), context.clock.now()];
	addServerDecision(writing, { ...ruled, id, staff_id: staffId, at });
	const { until, review } = ruled;
	if (level === null) endRestriction(writing, host);
	else keepRestriction(writing, { host, level, decision: id, since: at, until, review });
	// What is done and told below is held to what holds from now on.
	context.restrictions.changed();
	settleFollows(context, writing, host);
	if (stopsAt(before, 'beginning') && !(level && levelRow(level).stops.includes('beginning'))) {
		hearWhoWaited(context, writing, host, before!.since);
	}
	const action = level === null ? (before ? 'restored' : 'left') : levelRow(level).action;
	recordRuling(context, writing, { id, staffId, action, at }, ruled);
	return id;
}

function recordRuling(
	context: BranchContext,
	writing: Writing,
	{ id, staffId, action, at }: { id: string; staffId: string; action: FederationAction; at: number },
	{ host, level, reason, until, review, asked, answered }: Ruling,
): void {
	const { zone } = context.current.library();
	const scheme = new URL(context.origin).protocol;
	addServerAnswer(writing, { id, origin: `${scheme}//${host}`, state: action, staff_id: staffId, at });
	record(context, writing, {
		...{ id, kind: 'federation', action, server: host, refs: [] },
		people: { asked: countInLog(asked), answered: countInLog(answered) },
		until: until === null ? null : dateIn(zone, until),
		review_on: level === null || review === null ? null : dateIn(zone, review),
		decided_by: decidedBy(context, writing, staffId),
		texts: { explanation: reason },
	});
}

/** Ends what was to end by itself by now: whoever waited meanwhile gets an answer. The log said the day when it began. */
export function endOverdue(context: BranchContext): void {
	const now = context.clock.now();
	const over = context.store.read((reading) => restrictions(reading)).filter((one) => isOver(one, now));
	if (over.length === 0) return;
	context.store.transact((writing) => {
		for (const { host, since } of over) {
			endRestriction(writing, host);
			hearWhoWaited(context, writing, host, since);
		}
	});
	context.restrictions.changed();
}

/** When the next one ends by itself, UTC milliseconds, or null. */
export function nextEndAt(context: Pick<BranchContext, 'store'>): number | null {
	const ends = context.store.read((reading) => restrictions(reading)).flatMap(({ until }) => until ?? []);
	return ends.length > 0 ? Math.min(...ends) : null;
}

/** Who of there asked to follow somebody here while nothing new began gets the answer they would have got. */
function hearWhoWaited(context: BranchContext, writing: Writing, host: string, since: number): void {
	for (const origin of knownOrigins(writing).filter((one) => isUnder(one, host))) {
		for (const follow of askingFrom(writing, `${origin}/`)) {
			if (follow.created >= since) settle(context, writing, follow, true);
		}
	}
}
