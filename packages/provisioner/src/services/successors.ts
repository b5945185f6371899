import { BadInput } from '@understory/core/errors.ts';
import type { Successor } from '@understory/core/successor.ts';
import { findBranch } from '../store/branches.ts';
import { lock, type Transaction } from '../store/database.ts';
import type { BranchRow } from '../store/rows.ts';

/**
 * The branch of the same library at which another one goes on. Throws `BadInput` for one that is not there, that is not open, or that is the same.
 * Two branches of a library are never named at once, so that they cannot name each other.
 */
export async function successorFor(
	database: Transaction,
	branch: Pick<BranchRow, 'id' | 'library'>,
	slug: string,
): Promise<Successor> {
	await lock(database, `successors:${branch.library}`);
	const found = await findBranch(database, branch.library, slug.trim());
	if (found?.stage !== 'open' || found.id === branch.id) {
		throw new BadInput('This branch cannot go on there.', [
			{ field: 'successor', text: 'Name another branch of the library that is open.' },
		]);
	}
	return successorOf(found);
}

export function successorOf({ id, name, origin }: BranchRow): Successor {
	return { id, name, origin };
}
