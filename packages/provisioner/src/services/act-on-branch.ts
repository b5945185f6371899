import { Conflict, NotFound } from '@understory/core/errors.ts';
import type { Context } from '../context.ts';
import { addAudit } from '../store/access.ts';
import { branchById, changeBranch, subjectOf } from '../store/branches.ts';
import { lock, type Transaction } from '../store/database.ts';
import { openMove } from '../store/moves.ts';
import { findOperation } from '../store/operations.ts';
import type { BranchRow } from '../store/rows.ts';
import { beginOperation } from './operations.ts';

/** Who asks for an act on a branch, and under which id: that of its operation. Null for what the platform notices by itself. */
export interface Asked {
	readonly id: string | null;
	readonly by: string;
}

/** Acts for which the folder has to stay where it is, or that end it. */
const NOT_WHILE_MOVING = new Set(['move', 'restore', 'retire', 'delete']);

/**
 * Does something with a branch, writes down who did, and begins the operation that tells how far it is: all or nothing, one act on a branch at
 * a time. The same request, sent again after a crash, does nothing. `act` says what is to be changed, {} when only something beside the
 * branch is, or null to leave everything as it is.
 */
export async function actOnBranch(
	context: Context,
	branch: string,
	about: Asked & { readonly kind: string; readonly audit: string },
	act: (
		database: Transaction,
		row: BranchRow,
	) => Promise<Partial<BranchRow> | null> | Partial<BranchRow> | null,
): Promise<void> {
	const { id, by, kind, audit } = about;
	await context.database.transaction(async (transaction) => {
		await lock(transaction, `branch:${branch}`);
		if (id !== null && (await findOperation(transaction, id))) return;
		const row = await branchById(transaction, branch);
		if (!row) throw new NotFound('There is no such branch.');
		if (NOT_WHILE_MOVING.has(kind) && (await openMove(transaction, branch)))
			throw new Conflict('This branch is moving to another home.', 'move_underway');
		const change = await act(transaction, row);
		if (change === null) return;
		if (Object.keys(change).length > 0) await changeBranch(transaction, branch, change);
		await addAudit(transaction, { at: context.clock.now(), actor: by, act: audit, subject: subjectOf(row) });
		if (id === null) return;
		await beginOperation(
			{ ...context, database: transaction },
			{ id, kind, library: row.library, branch, by },
		);
	});
	context.afterStep(`branch_${audit}`);
}
