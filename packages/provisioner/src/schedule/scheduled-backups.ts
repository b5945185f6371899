import { hourIn } from '@understory/core/calendar.ts';
import { PublicError } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { askForBackup } from '../services/backups.ts';
import { addAudit } from '../store/access.ts';
import { setConditions, subjectOf } from '../store/branches.ts';
import { openMove } from '../store/moves.ts';
import { removeCopies } from '../store/removals.ts';
import { type BackupRow, big } from '../store/rows.ts';
import { branchesScheduled, copiesOf, restoredFrom, type ScheduledBranch } from '../store/schedule.ts';
import { isInWindow } from '../upgrade/waves.ts';
import { backupFresh } from './backup-fresh.ts';
import type { BackupSchedule } from './backup-schedule.ts';
import { keptCopies } from './kept-copies.ts';

/** Who begins and removes what a schedule wants. */
export const SCHEDULE = 'the schedule';
/** So many copies are begun in one sweep, which comes every minute: disks and homes have other work as well. */
const AT_ONCE = 20;
/** So many branches are read at once, and so many at once with all their copies. */
const PAGE = 5_000;
const WITH_COPIES = 500;
/** After one that failed it is tried again in this time, in milliseconds. */
const TRY_AGAIN = 3_600_000;
const HOUR = 3_600_000;
/** For so long it is remembered that a copy failed, in milliseconds. */
const REMEMBERED = 30 * 86_400_000;

/**
 * Does what the schedules of libraries want now: begins copies that are due, removes by age those of its own that need not be kept, and says of each branch
 * whether its newest copy is new enough. What people asked for stays until somebody removes it, and so does the newest good copy, whoever made it. Returns the
 * branches to look at.
 */
export async function keepSchedules(context: Context): Promise<string[]> {
	const { database, clock } = context;
	const now = clock.now();
	const found: string[] = [];
	let left = AT_ONCE;

	async function keep(branches: readonly ScheduledBranch[]): Promise<void> {
		const copies = await copiesOf(
			database,
			branches.map(({ id }) => id),
		);
		const of = ({ id }: ScheduledBranch) => copies.get(id) ?? [];
		for (const branch of branches) {
			if (branch.backup_schedule === null) continue;
			if (await thinOut(context, branch, branch.backup_schedule, of(branch))) found.push(branch.id);
			if (left === 0 || !isDue(branch.backup_schedule, of(branch), now)) continue;
			if (!isInWindow(hourIn(branch.zone, now), branch.backup_schedule.hours)) continue;
			if (!(await begin(context, branch))) continue;
			left -= 1;
			found.push(branch.id);
		}
		await sayFresh(context, branches, of);
	}

	for (let after: string | null = null; ; ) {
		const branches: ScheduledBranch[] = await branchesScheduled(database, after, PAGE);
		for (let at = 0; at < branches.length; at += WITH_COPIES)
			await keep(branches.slice(at, at + WITH_COPIES));
		if (branches.length < PAGE) return found;
		after = branches.at(-1)!.id;
	}
}

function isDue({ every_hours }: BackupSchedule, [last]: readonly BackupRow[], now: number): boolean {
	if (!last) return true;
	if (last.state === 'underway') return false;
	const age = now - big(last.asked);
	return last.state === 'failed' ? age >= TRY_AGAIN : age >= every_hours * HOUR;
}

/** False where something else is done with the folder just now: the next sweep comes again. */
async function begin(context: Context, branch: ScheduledBranch): Promise<boolean> {
	try {
		if (await openMove(context.database, branch.id)) return false;
		await askForBackup(context, branch, { id: context.randomId(), by: SCHEDULE, scheduled: true });
		return true;
	} catch (error) {
		if (error instanceof PublicError && error.status === 409) return false;
		throw error;
	}
}

/** Removes what need not be kept, with a record. Returns whether anything was. */
async function thinOut(
	context: Context,
	branch: ScheduledBranch,
	{ keep }: BackupSchedule,
	copies: readonly BackupRow[],
): Promise<boolean> {
	const { database, clock } = context;
	const now = clock.now();
	const good = copies.flatMap(({ id, state, facts }) =>
		state === 'done' && facts ? [{ id, made: facts.made }] : [],
	);
	const kept = keptCopies(good, keep, branch.zone);
	const over = copies.filter(({ id, state, scheduled, asked }) =>
		scheduled && state === 'done' ? !kept.has(id) : state === 'failed' && now - big(asked) > REMEMBERED,
	);
	const busy = over.length > 0 ? await restoredFrom(database, branch.id) : null;
	const gone = over.filter(({ id }) => id !== busy);
	if (gone.length === 0) return false;
	await database.transaction(async (transaction) => {
		await removeCopies(
			transaction,
			gone.map(({ id, place }) => ({ backup: id, place, branch: branch.id })),
		);
		const act = 'copies_removed';
		await addAudit(transaction, { at: now, actor: SCHEDULE, act, subject: subjectOf(branch) });
	});
	context.afterStep('copies_removed');
	return true;
}

/** Writes down what changed; a copy that failed is told to whoever reads the log, once. */
async function sayFresh(
	{ database, clock, log }: Context,
	branches: readonly ScheduledBranch[],
	of: (branch: ScheduledBranch) => readonly BackupRow[],
): Promise<void> {
	const now = clock.now();
	const told = branches.flatMap((branch) => {
		const { backup_schedule, reason, message } = branch;
		const condition = backupFresh(backup_schedule, of(branch), { since: big(branch.created), now });
		if (reason === condition.reason && message === condition.message) return [];
		if (condition.status === 'False') log.error('backup_not_fresh', { branch: branch.id });
		return [{ branch, condition }];
	});
	await setConditions(database, told, now);
}
