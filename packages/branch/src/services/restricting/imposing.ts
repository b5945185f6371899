import { dateIn } from '@understory/core/calendar.ts';
import { NotAllowed } from '@understory/core/errors.ts';
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
	type ServerDecision,
} from '../../store/restrictions.ts';
import type { Writing } from '../../store/store.ts';
import { decidedBy, record } from '../recording.ts';
import { settle } from '../servers.ts';
import { levelRow } from './levels.ts';
import { isUnder, stopsAt } from './restrictions.ts';
import { settleFollows } from './setting-aside.ts';

/** What hosts decide; times in UTC milliseconds. */
export type Ruling = Pick<ServerDecision, 'host' | 'level' | 'reason' | 'until' | 'review' | 'asked' | 'answered'>;

/** Throws NotAllowed for whoever is no host here. */
export function checkDecides(context: Pick<BranchContext, 'current'>, staffId: string): void {
	if (context.current.mayDecide(staffId)) return;
	throw new NotAllowed('Only the hosts of this branch decide about other servers.', 'not_a_host');
}

/**
 * Makes what hosts decided about a server so: what holds, the follows that go with it, and the entry of the log, in the transaction of the caller, who has
 * checked who decides and the reason. Taking it back puts back everything that both sides still want (docs/adr/0086). Returns the
 * number of the decision.
 */
export function impose(context: BranchContext, writing: Writing, staffId: string, ruling: Ruling): string {
	const { host, level } = ruling;
	const before = restrictionOf(writing, host) ?? null;
	const [id, at] = [context.ids.random(), context.clock.now()];
	addServerDecision(writing, { ...ruling, id, staff_id: staffId, at });
	const { until, review } = ruling;
	if (level === null) endRestriction(writing, host);
	else keepRestriction(writing, { host, level, decision: id, since: at, until, review });
	settleFollows(context, writing, host);
	if (stopsAt(before, 'beginning') && !(level && levelRow(level).stops.includes('beginning'))) {
		hearWhoWaited(context, writing, host, before!.since);
	}
	const action = level === null ? (before ? 'restored' : 'left') : levelRow(level).action;
	recordRuling(context, writing, { id, staffId, action, at }, ruling);
	writing.afterwards(() => context.restrictions.changed());
	return id;
}

function recordRuling(
	context: BranchContext,
	writing: Writing,
	{ id, staffId, action, at }: { id: string; staffId: string; action: FederationAction; at: number },
	{ host, level, reason, review, asked, answered }: Ruling,
): void {
	const scheme = new URL(context.origin).protocol;
	addServerAnswer(writing, { id, origin: `${scheme}//${host}`, state: action, staff_id: staffId, at });
	record(context, writing, {
		...{ id, kind: 'federation', action, server: host, refs: [] },
		people: { asked: countInLog(asked), answered: countInLog(answered) },
		review_on: level === null || review === null ? null : dateIn(context.current.library().zone, review),
		decided_by: decidedBy(context, writing, staffId),
		texts: { explanation: reason },
	});
}

/** Who of there asked to follow somebody here while nothing new began gets the answer they would have got. */
function hearWhoWaited(context: BranchContext, writing: Writing, host: string, since: number): void {
	for (const origin of knownOrigins(writing).filter((one) => isUnder(one, host))) {
		for (const follow of askingFrom(writing, `${origin}/`)) {
			if (follow.created >= since) settle(context, writing, follow, true);
		}
	}
}
