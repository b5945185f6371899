import type { Incoming } from '@understory/federation/ports.ts';
import type { BranchContext } from '../../context.ts';
import {
	acceptAside,
	asideAt,
	asideByActivity,
	dropAside,
	putBack,
	setFollowsAside,
} from '../../store/aside.ts';
import type { Follow } from '../../store/follows.ts';
import { personById } from '../../store/people.ts';
import { knownOrigins, restrictions } from '../../store/restrictions.ts';
import type { Reading, Writing } from '../../store/store.ts';
import { isApart } from '../apart.ts';
import { byHost, isUnder, nearest, stopsAt } from './restrictions.ts';

/**
 * Makes the follows and requests with people of a server, and of those below it, what its restriction says: set aside while nothing is exchanged,
 * and back as they were when it is again. Call it after every change of restrictions. Repeatable. Lists, mutes and blocks stay where
 * they are: they take nothing from anybody (docs/adr/0086).
 */
export function settleFollows(
	context: Pick<BranchContext, 'at' | 'clock'>,
	writing: Writing,
	host: string,
): void {
	const rows = byHost(restrictions(writing));
	const now = context.clock.now();
	const under = knownOrigins(writing).filter((origin) => isUnder(origin, host));
	const isOff = (origin: string) => stopsAt(nearest(rows, origin, now), 'everything');
	setFollowsAside(writing, under.filter(isOff));
	const back = under.filter((origin) => !isOff(origin));
	for (const follow of asideAt(writing, back)) {
		if (isWantedStill(context, writing, follow)) putBack(writing, follow);
		else dropAside(writing, follow.follower, follow.followed);
	}
}

/** Whoever ended it meanwhile, on either side, has taken it out already; a block or a farewell may have come in between. */
function isWantedStill(context: Pick<BranchContext, 'at'>, reading: Reading, follow: Follow): boolean {
	const here = context.at.personIn(follow.follower) ?? context.at.personIn(follow.followed);
	if (here === null || !personById(reading, here)) return false;
	return !isApart(reading, follow.follower, follow.followed);
}

/** What is heard even of a server with which nothing is exchanged: what takes something back, or says no; and a yes to what was asked before. */
export const HEARD_ALWAYS: ReadonlySet<Incoming['type']> = new Set([
	'unfollow',
	'accept',
	'reject',
	'delete',
	'block',
	'unact',
	'unpin',
	'leave',
]);

/** Somebody elsewhere answers what was asked before it was set aside; whether there was such a thing. Only whoever was asked can answer. */
export function answerAside(
	writing: Writing,
	incoming: Extract<Incoming, { type: 'accept' | 'reject' }>,
): boolean {
	const follow = asideByActivity(writing, incoming.asked);
	if (!follow || follow.followed !== incoming.actor) return false;
	if (incoming.type === 'accept') acceptAside(writing, follow.id);
	else dropAside(writing, follow.follower, follow.followed);
	return true;
}
