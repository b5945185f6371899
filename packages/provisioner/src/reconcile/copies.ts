import type { BackupFacts, BackupOrder, CopyState, RestoreOrder } from '@understory/core/backup.ts';
import { PublicError } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { backupsUnderway, endBackup, goneOf, restoreUnderway, setRestore } from '../store/backups.ts';
import { changeBranch } from '../store/branches.ts';
import { endOperation, setProgress } from '../store/operations.ts';
import { type BackupRow, type BranchRow, big, type RestoreRow, type RoleRow } from '../store/rows.ts';
import { DESIRED_LIFE, tellHome } from './actions.ts';
import type { BranchState } from './observe.ts';

/** When to ask a home again how far it is, in milliseconds. */
const ASK_AGAIN = 1_000;
/** For so long a home that does not answer is asked before a copy is given up, in milliseconds: an hour. */
const PATIENCE = 3_600_000;

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
	const wanted = await backupsUnderway(database, branch.id);
	const restore = await restoreUnderway(database, branch.id);
	let waits = false;
	for (const backup of wanted) waits = (await backUp(context, branch, home, backup)) || waits;
	if (restore) waits = (await goOnRestoring(context, { branch, home, state, restore })) || waits;
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
		...{ branch: branch.id, backup: id, ...lifeFrom(clock.now()) },
	};
	const told = await ask<BackupFacts>(
		context,
		home,
		`branches/${branch.id}/backups/${id}`,
		order,
		big(asked),
	);
	if (told.state === 'underway') {
		await setProgress(database, id, 0, 1);
		return true;
	}
	await database.transaction(async (transaction) => {
		await endBackup(
			transaction,
			id,
			told.state === 'done' ? { facts: told.facts } : { message: told.message },
		);
		await end(transaction, context, id, told);
	});
	context.afterStep('backup_ended');
	return false;
}

async function goOnRestoring(
	context: Context,
	about: { branch: BranchRow; home: RoleRow | undefined; state: BranchState; restore: RestoreRow },
): Promise<boolean> {
	const { branch, state, restore } = about;
	if (restore.state === 'laying_out') return layOut(context, about);
	if (big(branch.observed_generation) < big(branch.generation) && state.state !== 'GivenUp') return true;
	const good = state.state === 'InSync' || state.state === 'Suspended';
	const told: CopyState<object> = good
		? { state: 'done', facts: { epoch: restore.epoch } }
		: { state: 'failed', message: `The restored folder is not served: ${state.reason}` };
	await endRestore(context, restore, told);
	return false;
}

/** Has the copy laid out beside what serves; once it lies there, the branch is wished for under the new epoch. */
async function layOut(
	context: Context,
	{ branch, home, restore }: { branch: BranchRow; home: RoleRow | undefined; restore: RestoreRow },
): Promise<boolean> {
	const { database, clock } = context;
	const { id, backup, epoch, asked } = restore;
	const order: Omit<RestoreOrder, 'home'> = {
		type: 'understory/restore-order/v1',
		...{ branch: branch.id, restore: id, backup, epoch, ...lifeFrom(clock.now()) },
		gone: await goneOf(database, branch.id),
	};
	const told = await ask<{ epoch: number }>(
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
			await changeBranch(transaction, branch.id, { epoch });
			await setRestore(transaction, id, 'switching');
		});
		context.afterStep('restore_switching');
	}
	return true;
}

async function endRestore(
	context: Context,
	{ id }: RestoreRow,
	told: Exclude<CopyState<object>, { state: 'underway' }>,
): Promise<void> {
	await context.database.transaction(async (transaction) => {
		await setRestore(transaction, id, told.state);
		await end(transaction, context, id, told);
	});
	context.afterStep('restore_ended');
}

async function end(
	database: Context['database'],
	context: Context,
	operation: string,
	told: Exclude<CopyState<object>, { state: 'underway' }>,
): Promise<void> {
	const ended =
		told.state === 'done'
			? { state: 'done' as const, result: told.facts }
			: { state: 'failed' as const, problem: { title: told.message, code: 'copy_failed' } };
	await endOperation(database, operation, ended, context.clock.now());
}

/** Asks a home to do something, or how far it is. One that is silent is asked again for an hour; one that refuses has refused. */
async function ask<Facts>(
	context: Context,
	home: RoleRow | undefined,
	path: string,
	order: object,
	asked: number,
): Promise<CopyState<Facts>> {
	const late = context.clock.now() - asked > PATIENCE;
	if (!home?.internal_url) return silent(late);
	try {
		const told = (await tellHome(context, home, path, { ...order, home: home.id })) as CopyState<Facts>;
		if (['underway', 'done', 'failed'].includes(told?.state)) return told;
		return { state: 'failed', message: 'The home answered with something that says nothing of this.' };
	} catch (error) {
		context.log.warn('copy_not_asked', { error });
		if (error instanceof PublicError && error.code === 'home_refused')
			return { state: 'failed', message: error.message };
		return silent(late);
	}
}

function silent<Facts>(late: boolean): CopyState<Facts> {
	return late
		? { state: 'failed', message: 'The home of this branch did not answer for an hour.' }
		: { state: 'underway' };
}

function lifeFrom(now: number): { issued: number; expires: number } {
	return { issued: now, expires: now + DESIRED_LIFE };
}
