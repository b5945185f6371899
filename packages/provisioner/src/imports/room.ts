import { lockOfQuotas } from '../services/quotas.ts';
import { type Database, lock, type Transaction } from '../store/database.ts';
import { listedBy, quotaOf, usedBy } from '../store/quotas.ts';
import type { Why } from './reasons.ts';

/** How many branches more a library may have, those that are only listed counted in, and how many of them in homes of their own. Null: as many as it likes. */
export interface Room {
	readonly branches: number | null;
	readonly dedicated: number | null;
	/** What is said when there is none left. */
	readonly full: Readonly<Record<'branches' | 'dedicated', Why>>;
}

/**
 * The room that a library has now; null without quotas. Those that are only listed count for its own file, since they are what it will be provisioned
 * with: a list of more than may ever run would be found out too late.
 */
export async function roomOf(database: Database, library: string): Promise<Room | null> {
	const row = await quotaOf(database, library);
	if (!row) return null;
	const used = await usedBy(database, library);
	const listed = await listedBy(database, library);
	const left = (kind: 'branches' | 'dedicated') => {
		const most = row[kind];
		return most === null ? null : Math.max(0, most - used[kind] - listed[kind]);
	};
	const full = (kind: 'branches' | 'dedicated'): Why => ({
		code: `quota_${kind}`,
		values: { most: row[kind] ?? 0, ask: row.ask },
	});
	return {
		...{ branches: left('branches'), dedicated: left('dedicated') },
		full: { branches: full('branches'), dedicated: full('dedicated') },
	};
}

/**
 * The same, and nobody else makes branches there or changes its quotas before the transaction ends. Locks in the order in which whoever makes a branch
 * takes them, so that neither waits for the other for ever.
 */
export async function holdRoom(transaction: Transaction, library: string): Promise<Room | null> {
	await lock(transaction, `branches:${library}`);
	if (!(await quotaOf(transaction, library))) return null;
	await transaction('branch').where({ library }).orderBy('id').forUpdate().select('id');
	await lock(transaction, lockOfQuotas({ id: library }));
	return roomOf(transaction, library);
}
