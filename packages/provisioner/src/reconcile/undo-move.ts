import type { ClearingOrder, LeavingOrder, RemovalOrder } from '@understory/core/moving.ts';
import type { Context } from '../context.ts';
import { addAudit } from '../store/access.ts';
import { branchById, subjectOf } from '../store/branches.ts';
import { emptyHomes, forgetEmptyHome, homeNamed, roleOfHome } from '../store/homes.ts';
import { advanceMove, type MoveRow, movesToClear } from '../store/moves.ts';
import { endOperation } from '../store/operations.ts';
import { endRemoval, removalsOf, removeCopies } from '../store/removals.ts';
import { type BranchRow, big, type RoleRow } from '../store/rows.ts';
import { HomeRefused, startHome, tellHome } from './actions.ts';
import { lifeFrom } from './ask-home.ts';

/** For so long a home that was to take a branch is asked to forget it, in milliseconds: an hour. It never serves it either way. */
const PATIENCE = 3_600_000;

/** Has a branch stay where it is: its home lets people in again. Returns whether that is done; the home is asked until it is. */
export async function reopen(context: Context, move: MoveRow, branch: BranchRow): Promise<boolean> {
	const { database, clock } = context;
	const from = await database<RoleRow>('role').where({ id: move.from_home }).first();
	const open: Omit<LeavingOrder, 'home'> = {
		type: 'understory/leaving-order/v1',
		...{ branch: branch.id, stage: 'open', epoch: move.from_epoch, ...lifeFrom(clock.now()) },
	};
	return told(context, from, `branches/${branch.id}/leaving`, open);
}

/**
 * Once it lets people in again what was carried is destroyed, and the move is over. Returns whether it is. A home it does not go to that is silent is asked for an
 * hour; one whose cluster is lost is stopped when that is there again (`dropEmptyHomes`).
 */
export async function undoMove(context: Context, move: MoveRow): Promise<boolean> {
	const { database, clock, log } = context;
	const now = clock.now();
	const to =
		move.to_home === null ? undefined : await database<RoleRow>('role').where({ id: move.to_home }).first();
	if (to && !(await forgotten(context, move, to)) && now - big(move.since) < PATIENCE) return false;
	try {
		await dropHome(context, move.to_place, move.id);
	} catch (error) {
		log.warn('empty_home_not_stopped', { home: move.to_place, error });
	}
	await database.transaction(async (transaction) => {
		await advanceMove(transaction, move, 'undone', now);
		const copies = [move.first, move.rest];
		await removeCopies(
			transaction,
			copies.map((backup) => ({ backup, place: move.from_place, branch: move.branch })),
		);
		const title = `The branch stays in ${move.from_place}. ${move.message ?? ''}`.trim();
		await endOperation(transaction, move.id, { state: 'failed', problem: { title, code: 'not_moved' } }, now);
	});
	return true;
}

/** Has homes destroy folders that branches left and that were kept long enough, and writes down that they did. What cannot be done is tried again. */
export async function clearOldFolders(context: Context): Promise<void> {
	const { database, clock } = context;
	for (const move of await movesToClear(database, clock.now())) {
		try {
			await clearOld(context, move);
		} catch (error) {
			context.log.warn('old_folder_not_cleared', { branch: move.branch, error });
		}
	}
}

async function clearOld(context: Context, move: MoveRow): Promise<void> {
	const { database, clock, driver } = context;
	const branch = await branchById(database, move.branch);
	const { from_place: place } = move;
	// It came back since, and what was left here is what its home keeps beside it.
	if (branch?.place !== place) {
		if ((await driver.observe(place)).state === 'Absent') await startHome(context, place);
		const home = await roleOfHome(database, place);
		if (!home || !(await cleared(context, move, home, move.from_epoch))) return;
	}
	await dropHome(context, place, move.id);
	const now = clock.now();
	await database.transaction(async (transaction) => {
		if (!(await advanceMove(transaction, move, 'cleared', now))) return;
		if (branch?.place === place) return;
		await transaction('backup').where({ branch: move.branch, place }).delete();
		const subject = subjectOf({ id: move.branch });
		await addAudit(transaction, { at: now, actor: 'its end', act: 'old_folder_removed', subject });
	});
	context.afterStep('move_cleared');
}

/** A dedicated home in which nobody lives is stopped; and forgotten, unless a move other than `but` has to do with it. */
async function dropHome({ database, driver }: Context, place: string, but: string | null): Promise<void> {
	if ((await homeNamed(database, place))?.kind !== 'dedicated') return;
	if (await database('branch').where({ place }).first('id')) return;
	await driver.stop(place);
	await database.transaction((transaction) => forgetEmptyHome(transaction, place, but));
}

/** Stops and forgets dedicated homes that moves left empty while their cluster was lost. What cannot be done is tried again. */
export async function dropEmptyHomes(context: Context): Promise<void> {
	for (const place of await emptyHomes(context.database)) {
		try {
			// Asked first, because it is told at once that nobody answers.
			await context.driver.observe(place);
			await dropHome(context, place, null);
		} catch (error) {
			context.log.warn('empty_home_not_stopped', { home: place, error });
		}
	}
}

/** Has a home destroy the folder that it laid out under an epoch and that serves nobody yet. Returns whether it did. */
export function destroyLaidOut(
	context: Context,
	{ branch, epoch }: { readonly branch: string; readonly epoch: number },
	home: RoleRow | undefined,
): Promise<boolean> {
	const clearing: Omit<ClearingOrder, 'home'> = {
		type: 'understory/clearing-order/v1',
		...{ branch, epoch, only: 'laid_out', ...lifeFrom(context.clock.now()) },
	};
	return told(context, home, `branches/${branch}/clearing`, clearing);
}

/** The home it does not go to lets go of what had come; what lies there from an earlier time stays. */
async function forgotten(
	context: Context,
	{ branch, from_epoch, ...move }: MoveRow,
	to: RoleRow,
): Promise<boolean> {
	if (!(await destroyLaidOut(context, { branch, epoch: from_epoch + 1 }, to))) return false;
	for (const backup of [move.first, move.rest])
		if (!(await removed(context, to, { branch, backup }))) return false;
	return true;
}

function removed(
	context: Context,
	home: RoleRow | undefined,
	{ branch, backup }: { readonly branch: string; readonly backup: string },
): Promise<boolean> {
	const order: Omit<RemovalOrder, 'home'> = {
		type: 'understory/removal-order/v1',
		...{ branch, backup, ...lifeFrom(context.clock.now()) },
	};
	return told(context, home, `branches/${branch}/backups/${backup}/removal`, order);
}

async function cleared(context: Context, move: MoveRow, home: RoleRow, epoch: number): Promise<boolean> {
	const order: Omit<ClearingOrder, 'home'> = {
		type: 'understory/clearing-order/v1',
		...{ branch: move.branch, epoch, ...lifeFrom(context.clock.now()) },
	};
	return told(context, home, `branches/${move.branch}/clearing`, order);
}

/** Has homes remove copies of a branch that are none any more. Returns whether all are gone. */
export async function goOnRemoving(context: Context, branch: BranchRow): Promise<boolean> {
	let gone = true;
	for (const row of await removalsOf(context.database, branch.id)) {
		// A home that is forgotten had destroyed what it had of the branch.
		const over = !(await homeNamed(context.database, row.place));
		const home = over ? undefined : await roleOfHome(context.database, row.place);
		if (over || (await removed(context, home, row))) await endRemoval(context.database, row);
		else gone = false;
	}
	return gone;
}

/** Was it told, or has it nothing to be told any more? */
async function told(
	context: Context,
	home: RoleRow | undefined,
	path: string,
	order: object,
): Promise<boolean> {
	if (!home) return false;
	try {
		await tellHome(context, home, path, { ...order, home: home.id });
		return true;
	} catch (error) {
		context.log.warn('home_not_told', { error });
		return error instanceof HomeRefused && error.theirs === 'lives_here';
	}
}
