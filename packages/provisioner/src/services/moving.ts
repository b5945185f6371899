import { BadInput, Conflict } from '@understory/core/errors.ts';
import { isServed } from '@understory/core/stage.ts';
import type { Context } from '../context.ts';
import { restoreUnderway } from '../store/backups.ts';
import { cellOfHome, findCell } from '../store/cells.ts';
import { destinationFor, homeNamed } from '../store/homes.ts';
import { findLibrary } from '../store/libraries.ts';
import { insertMove, openMove, stopMove } from '../store/moves.ts';
import { type BranchRow, HOME_KINDS, type HomeKind } from '../store/rows.ts';
import { type Asked, actOnBranch } from './act-on-branch.ts';
import { holdToQuotas } from './quotas.ts';

/** Where a branch is to move. */
export interface Moving {
	/** What kind of home. */
	readonly home: HomeKind;
	/** Of shared homes, which one; any that has room when nothing is said. */
	readonly place?: string;
	/** To which cell; any that is for it when nothing is said. */
	readonly cell?: string;
}

/**
 * Moves a branch to another home: it is copied and carried over while it serves, closed for as long as the last changes take, and serves there,
 * everything as it was. The folder it leaves is kept for a week. Throws `BadInput` with each fault, and `Conflict` when nothing runs that could be
 * moved, something else is done with its folder, or it lives there already.
 */
export async function moveBranch(
	context: Context,
	branch: BranchRow,
	{ home, place, cell }: Partial<Moving>,
	asked: Asked & { readonly id: string },
): Promise<void> {
	if (!home || !HOME_KINDS.includes(home)) {
		const text = `Say what kind of home it moves to: ${HOME_KINDS.join(' or ')}.`;
		throw new BadInput('Say where it moves.', [{ field: 'home', text }]);
	}
	const about = { ...asked, kind: 'move', audit: 'moving' };
	await actOnBranch(context, branch.id, about, async (database, row) => {
		if (!isServed(row.stage) || row.retirement !== null || row.place === null || row.home === null)
			throw new Conflict(`A branch that is ${row.stage} has no folder that could move.`, 'stage');
		if (await restoreUnderway(database, row.id))
			throw new Conflict('This branch is being restored already.', 'restore_underway');
		if (place !== undefined && (home === 'dedicated' || (await homeNamed(database, place))?.kind !== home)) {
			const text = 'Name a shared home that is there.';
			throw new BadInput('There is no such home.', [{ field: 'place', text }]);
		}
		const now = context.clock.now();
		if (cell !== undefined && place !== undefined) {
			const text = 'Name a home or a cell, not both.';
			throw new BadInput('Say where it moves.', [{ field: 'cell', text }]);
		}
		if (cell !== undefined && !(await findCell(database, cell)))
			throw new BadInput('There is no such cell.', [{ field: 'cell', text: 'Name a cell that is there.' }]);
		// Within its cell a home of its own is the one it has.
		const isThere = row.housing === 'dedicated' && home === 'dedicated';
		if (isThere && (cell === undefined || (await cellOfHome(database, row.place))?.name === cell))
			throw new Conflict('This branch lives in that home already.', 'same_home');
		const { slug } = (await findLibrary(database, row.library))!;
		const namespaceIn = async (cell: string | null) =>
			(await context.driver.namespaceFor?.(slug, cell)) ?? null;
		const to = await destinationFor(database, row, {
			...{ home, ...(place !== undefined && { place }), ...(cell !== undefined && { cell }), now },
			...{ most: context.branchesInHome, namespaceIn },
		});
		if (to === row.place) throw new Conflict('This branch lives in that home already.', 'same_home');
		await insertMove(database, {
			...{ id: asked.id, branch: row.id, housing: home, from_place: row.place, from_home: row.home },
			...{ to_place: to, from_epoch: row.epoch, first: context.randomId(), rest: context.randomId() },
			...{ asked: now, asked_by: asked.by },
		});
		// From one home of its own to another it gets no more than it has.
		if (home === 'dedicated' && row.housing !== 'dedicated')
			await holdToQuotas(database, (await findLibrary(database, row.library))!, ['dedicated', 'storage_gb']);
		return {};
	});
}

/** Has a branch stay where it is. Throws `Conflict` when it does not move, and once it is about to serve there. */
export async function cancelMove(context: Context, branch: BranchRow, asked: Asked): Promise<void> {
	const about = { ...asked, kind: 'cancel_move', audit: 'move_cancelled' };
	await actOnBranch(context, branch.id, about, async (database, row) => {
		const move = await openMove(database, row.id);
		if (!move || move.state === 'undoing' || move.state === 'reopened')
			throw new Conflict('This branch is not moving.', 'not_moving');
		const message = `${asked.by} cancelled it.`;
		if (!(await stopMove(database, move.id, { message, now: context.clock.now() })))
			throw new Conflict('It is too late: the branch is about to serve in its new home.', 'too_late');
		return {};
	});
}
