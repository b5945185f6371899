import { dateIn, isDay } from '@understory/core/calendar.ts';
import type { Door } from '@understory/core/door.ts';
import { BadInput, Conflict, type Fault } from '@understory/core/errors.ts';
import {
	dueOf,
	type HostingDays,
	LEAST_HOSTING_DAYS,
	LONGEST_WAIT,
	MOST_HOSTING_DAYS,
	putOff,
} from '@understory/core/hosting.ts';
import type { Context } from '../context.ts';
import type { BranchRow, LibraryRow } from '../store/rows.ts';
import { type Asked, actOnBranch } from './act-on-branch.ts';
import { doorFaults } from './branches.ts';

const DAY = 86_400_000;

/**
 * Somebody was found who hosts a branch: the door names them from now on, and what was announced or had come because nobody did is over; the branch is open again as it was.
 * Throws `BadInput` with each fault, `Conflict` for a branch that was not opened or is closed for good.
 */
export async function nameHost(
	context: Context,
	library: LibraryRow,
	branch: BranchRow,
	door: Partial<Door> | undefined,
	asked: Asked,
): Promise<void> {
	const now = context.clock.now();
	const faults = doorFaults(door ?? null);
	if (door?.until && isDay(door.until) && door.until < dateIn(library.zone, now))
		faults.push({ field: 'until', text: 'Name a last day that is still to come, or none.' });
	if (faults.length > 0) throw new BadInput('Nobody can be named like that.', faults);
	await actOnBranch(context, branch.id, { ...asked, kind: 'host', audit: 'hosted' }, (_, row) => {
		if (row.door === null || row.stage === 'retired')
			throw new Conflict(`A branch that is ${row.stage} has no host to be named.`, 'no_door');
		const change = { door: door as Door, door_since: String(now), hosted_until: null, unhosted: null };
		// A branch that a person announced to close stays so: only what came of the missing host is undone.
		return row.unhosted === null ? change : { ...change, stage: 'open', successor: null };
	});
}

/**
 * Puts off what comes next because nobody hosts a branch, and what follows it by as much. `until` is in UTC milliseconds. Throws `BadInput`
 * for a moment that is not later or more than 180 days away, `Conflict` where nothing was announced.
 */
export async function waitForHost(
	context: Context,
	branch: BranchRow,
	until: number | undefined,
	asked: Asked,
): Promise<void> {
	const now = context.clock.now();
	await actOnBranch(context, branch.id, { ...asked, kind: 'wait', audit: 'put_off' }, (_, row) => {
		if (row.unhosted === null) throw new Conflict('Nothing was announced for this branch.', 'not_unhosted');
		const due = dueOf(row.stage, row.unhosted);
		if (!(until !== undefined && until > Math.max(now, due) && until <= now + LONGEST_WAIT)) {
			const text = `Say until when: later than what is announced, at most ${LONGEST_WAIT / DAY} days away.`;
			throw new BadInput('It cannot be put off like that.', [{ field: 'until', text }]);
		}
		return { unhosted: putOff(row.stage, row.unhosted, until) };
	});
}

/** What cannot be kept of how long branches may be without a host. */
export function faultsOfHostingDays(days: HostingDays | null | undefined): Fault[] {
	if (!days) return [];
	return (['quiet', 'closing', 'over'] as const).flatMap((step) => {
		const least = LEAST_HOSTING_DAYS[step];
		const fits = Number.isInteger(days[step]) && days[step] >= least && days[step] <= MOST_HOSTING_DAYS;
		const text = `Whole days, from ${least} to ${MOST_HOSTING_DAYS}.`;
		return fits ? [] : [{ field: `hosting_days.${step}`, text }];
	});
}
