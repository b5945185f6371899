import type { DeletionOrder } from '@understory/core/backup.ts';
import type { Context } from '../context.ts';
import { makeReceipt } from '../services/receipts.ts';
import { changeBranch } from '../store/branches.ts';
import { forgetKeys } from '../store/home-keys.ts';
import { homeNamed } from '../store/homes.ts';
import type { BranchRow, RoleRow } from '../store/rows.ts';
import { DESIRED_LIFE, HomeRefused, tellHome } from './actions.ts';

/**
 * Has a home destroy what it has of a branch whose hold is over, and stops the home when it was the branch's own; its volume stays as the
 * cluster's rule for volumes has it. The branch is deleted only once the home said so, or when it never had one, and that moment has a signed
 * receipt. May be killed at any line: what is gone already is no fault. Throws `HomeRefused` when the home says anything else.
 */
export async function deleteFolder(
	context: Context,
	branch: BranchRow,
	home: RoleRow | undefined,
): Promise<void> {
	const { database, clock, platformKey } = context;
	const { place } = branch;
	if (place !== null) await destroyIn(context, branch, home!);
	const destroyed = clock.now();
	const own = place !== null && (await homeNamed(database, place))?.kind === 'dedicated' ? place : null;
	if (own) await context.driver.stop(own);
	const { at, until } = branch.retirement!;
	await database.transaction(async (transaction) => {
		await changeBranch(transaction, branch.id, {
			retirement: { at, until, deleted: destroyed },
			...(own ? { place: null, home: null } : {}),
		});
		await makeReceipt({ database: transaction, platformKey }, branch, { destroyed, ownHome: own !== null });
		await transaction('backup').where({ branch: branch.id }).delete();
		if (!own) return;
		await transaction('home').where({ name: own }).delete();
		await forgetKeys(transaction, [own]);
	});
	context.afterStep('deletion_ended');
}

/** Resolves when the home says that nothing of the branch is left there. */
async function destroyIn(context: Context, branch: BranchRow, home: RoleRow): Promise<void> {
	const now = context.clock.now();
	const order: DeletionOrder = {
		type: 'understory/deletion-order/v1',
		...{ home: home.id, branch: branch.id, issued: now, expires: now + DESIRED_LIFE },
	};
	const told = await tellHome(context, home, `branches/${branch.id}/deletion`, order);
	// Whatever stands at that address: without this word nobody knows that anything is gone.
	if ((told as { branch?: unknown } | null)?.branch !== branch.id)
		throw new HomeRefused('The home did not say that this branch is destroyed.', 200);
	context.afterStep('folder_deleted');
}
