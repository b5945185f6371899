import type { DeletionOrder } from '@understory/core/backup.ts';
import type { Context } from '../context.ts';
import { changeBranch } from '../store/branches.ts';
import { homeNamed } from '../store/homes.ts';
import type { BranchRow, RoleRow } from '../store/rows.ts';
import { DESIRED_LIFE, tellHome } from './actions.ts';

/**
 * Has a home destroy what it has of a branch whose hold is over, and stops the home when it was the branch's own; its volume stays as the
 * cluster's rule for volumes has it. May be killed at any line: what is gone already is no fault.
 */
export async function deleteFolder(context: Context, branch: BranchRow, home: RoleRow): Promise<void> {
	const { database, clock } = context;
	const now = clock.now();
	const order: DeletionOrder = {
		type: 'understory/deletion-order/v1',
		...{ home: home.id, branch: branch.id, issued: now, expires: now + DESIRED_LIFE },
	};
	await tellHome(context, home, `branches/${branch.id}/deletion`, order);
	context.afterStep('folder_deleted');
	const { place } = branch;
	const own = place !== null && (await homeNamed(database, place))?.kind === 'dedicated' ? place : null;
	if (own) await context.driver.stop(own);
	const { at, until } = branch.retirement!;
	await database.transaction(async (transaction) => {
		await changeBranch(transaction, branch.id, {
			retirement: { at, until, deleted: now },
			...(own ? { place: null, home: null } : {}),
		});
		await transaction('backup').where({ branch: branch.id }).delete();
		if (own) await transaction('home').where({ name: own }).delete();
	});
	context.afterStep('deletion_ended');
}
