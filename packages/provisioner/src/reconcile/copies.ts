import type { BackupFacts, BackupOrder, CopyState, RestoreOrder } from '@understory/core/backup.ts';
import type { ArrivalOrder } from '@understory/core/moving.ts';
import type { Context } from '../context.ts';
import {
	advanceRestore,
	backupsUnderway,
	copyingAmong,
	endBackup,
	findBackup,
	goneOf,
	restoreUnderway,
} from '../store/backups.ts';
import { changeBranch, placeOfBranch } from '../store/branches.ts';
import { endOperation, holdOperation, setProgress } from '../store/operations.ts';
import { removeCopies } from '../store/removals.ts';
import { type BackupRow, type BranchRow, big, type RestoreRow, type RoleRow } from '../store/rows.ts';
import { ASK_AGAIN, askHome, lifeFrom } from './ask-home.ts';
import { askWhetherAway } from './copies-away.ts';
import type { BranchState } from './observe.ts';
import { destroyLaidOut, goOnRemoving } from './undo-move.ts';

/** How long a copy of another home may be on its way, in milliseconds: a day. */
const LONGEST_CARRIAGE = 86_400_000;

/**
 * Goes on with the copies of a branch that were asked for, and with its restore, as far as that goes now. Answers when to come again, UTC
 * milliseconds; null when nothing is under way. May be killed at any line: homes are asked by ids, and begin nothing twice.
 */
export async function goOnWithCopies(
	context: Context,
	branch: BranchRow,
	home: RoleRow | undefined,
	state: BranchState,
): Promise<number | null> {
	const { database, clock } = context;
	if ((await copyingAmong(database, [branch.id])).size === 0) return null;
	await askWhetherAway(context, branch, home);
	const wanted = await backupsUnderway(database, branch.id);
	const restore = await restoreUnderway(database, branch.id);
	let waits = false;
	for (const backup of wanted) waits = (await backUp(context, branch, home, backup)) || waits;
	if (restore) waits = (await goOnRestoring(context, { branch, home, state, restore })) || waits;
	waits = !(await goOnRemoving(context, branch)) || waits;
	return waits ? clock.now() + ASK_AGAIN : null;
}

/** Asks for a copy. Returns whether it is still under way. */
async function backUp(
	context: Context,
	branch: BranchRow,
	home: RoleRow | undefined,
	{ id, asked }: BackupRow,
): Promise<boolean> {
	const { database, clock } = context;
	const order: Omit<BackupOrder, 'home'> = {
		type: 'understory/backup-order/v1',
		...{ branch: branch.id, backup: id, away: 'bring', ...lifeFrom(clock.now()) },
	};
	const told = await askHome<BackupFacts>(
		context,
		home,
		`branches/${branch.id}/backups/${id}`,
		order,
		big(asked),
	);
	if (told.state === 'underway') {
		const { done, total } = told.progress ?? { done: 0, total: 1 };
		await setProgress(database, id, done, total);
		return true;
	}
	await database.transaction(async (transaction) => {
		// Whoever cancels it holds it first, too.
		await holdOperation(transaction, id);
		const how = told.state === 'done' ? { facts: told.facts } : { message: told.message };
		if (await endBackup(transaction, id, how)) await end(transaction, context, id, told);
	});
	context.afterStep('backup_ended');
	return false;
}

async function goOnRestoring(
	context: Context,
	about: { branch: BranchRow; home: RoleRow | undefined; state: BranchState; restore: RestoreRow },
): Promise<boolean> {
	const { branch, state, restore } = about;
	if (restore.state === 'carrying') return carry(context, about);
	if (restore.state === 'laying_out') return layOut(context, about);
	if (restore.state === 'undoing') return undo(context, about);
	if (big(branch.observed_generation) < big(branch.generation) && state.state !== 'GivenUp') return true;
	const good = state.state === 'InSync' || state.state === 'Suspended';
	const told: CopyState<object> = good
		? { state: 'done', facts: { epoch: restore.epoch } }
		: { state: 'failed', message: `The restored folder is not served: ${state.reason}` };
	await endRestore(context, restore, told);
	return false;
}

/** Has a copy of another home brought to the one of the branch, its keys wrapped for that. */
async function carry(
	context: Context,
	{ branch, home, restore }: { branch: BranchRow; home: RoleRow | undefined; restore: RestoreRow },
): Promise<boolean> {
	const { database, clock } = context;
	const { id, backup, asked } = restore;
	const order: Omit<ArrivalOrder, 'home'> = {
		type: 'understory/arrival-order/v1',
		...{ branch: branch.id, backup, carriage: id, base: null, ...lifeFrom(clock.now()) },
	};
	const told = await askHome<BackupFacts>(
		context,
		home,
		`branches/${branch.id}/arrivals/${backup}`,
		order,
		big(asked),
	);
	await setProgress(database, id, 0, 2);
	if (told.state === 'underway' && clock.now() - big(asked) < LONGEST_CARRIAGE) return true;
	if (told.state === 'done') {
		await advanceRestore(database, restore, 'laying_out');
		context.afterStep('restore_carried');
		return true;
	}
	const late = { state: 'failed', message: 'The copy did not arrive within a day.' } as const;
	await endRestore(context, restore, told.state === 'failed' ? told : late);
	return false;
}

/** Has the copy laid out beside what serves; once it lies there, the branch is wished for under the new epoch. */
async function layOut(
	context: Context,
	{ branch, home, restore }: { branch: BranchRow; home: RoleRow | undefined; restore: RestoreRow },
): Promise<boolean> {
	const { database, clock } = context;
	const { id, backup, epoch, asked } = restore;
	const manifest = (await findBackup(database, branch.id, backup))?.facts?.manifest;
	const order: Omit<RestoreOrder, 'home'> = {
		type: 'understory/restore-order/v1',
		...(manifest === undefined ? {} : { manifest }),
		...{ branch: branch.id, restore: id, backup, epoch, ...lifeFrom(clock.now()) },
		gone: await goneOf(database, branch.id),
	};
	const told = await askHome<{ epoch: number }>(
		context,
		home,
		`branches/${branch.id}/restores/${id}`,
		order,
		big(asked),
	);
	await setProgress(database, id, told.state === 'done' ? 1 : 0, 2);
	if (told.state === 'failed') {
		await endRestore(context, restore, told);
		return false;
	}
	if (told.state === 'done') {
		await database.transaction(async (transaction) => {
			if (await advanceRestore(transaction, restore, 'switching'))
				await changeBranch(transaction, branch.id, { epoch });
		});
		context.afterStep('restore_switching');
	}
	return true;
}

/** Somebody cancelled it: the home destroys what it laid out, and is asked until it has. The branch serves meanwhile as it did. */
async function undo(
	context: Context,
	{ home, restore }: { home: RoleRow | undefined; restore: RestoreRow },
): Promise<boolean> {
	if (!(await destroyLaidOut(context, restore, home))) return true;
	const message = `${restore.cancelled_by} cancelled it, and what was laid out is destroyed. The branch is as it was.`;
	await endRestore(context, restore, { state: 'failed', message }, 'cancelled');
	return false;
}

/** Ends it; a copy that was brought from another home for it is let go of, the home that made it has it. */
async function endRestore(
	context: Context,
	restore: RestoreRow,
	told: Exclude<CopyState<object>, { state: 'underway' }>,
	code?: string,
): Promise<void> {
	const { id, branch, backup } = restore;
	await context.database.transaction(async (transaction) => {
		await holdOperation(transaction, id);
		if (!(await advanceRestore(transaction, restore, told.state))) return;
		const place = await placeOfBranch(transaction, branch);
		const lies = await findBackup(transaction, branch, backup);
		if (place !== null && lies && lies.place !== place)
			await removeCopies(transaction, [{ backup, place, branch }]);
		await end(transaction, context, id, told, code);
	});
	context.afterStep('restore_ended');
}

async function end(
	database: Context['database'],
	context: Context,
	operation: string,
	told: Exclude<CopyState<object>, { state: 'underway' }>,
	code = 'copy_failed',
): Promise<void> {
	const ended =
		told.state === 'done'
			? { state: 'done' as const, result: told.facts }
			: { state: 'failed' as const, problem: { title: told.message, code } };
	await endOperation(database, operation, ended, context.clock.now());
}
