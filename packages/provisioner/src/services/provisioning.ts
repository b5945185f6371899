import type { Context } from '../context.ts';
import { provisionListed } from '../store/branches.ts';
import type { LibraryRow } from '../store/rows.ts';
import { beginOperation } from './operations.ts';
import { holdToQuotas } from './quotas.ts';

/** Wants every listed branch of a library served: the operation that is over when they are, and their ids. Throws `Conflict` when the library may not have so many. */
export function wantListed(
	{ database, ...context }: Context,
	library: LibraryRow,
	by: string,
): Promise<{ id: string; branches: string[] }> {
	const about = { kind: 'provision', library: library.id, branch: null, by };
	return database.transaction(async (transaction) => {
		const branches = await provisionListed(transaction, library.id);
		if (branches.length > 0) await holdToQuotas(transaction, library);
		return { branches, id: await beginOperation({ ...context, database: transaction }, about) };
	});
}
