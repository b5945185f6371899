import type { Database } from './database.ts';
import { type BranchRow, big, CONDITION_TYPES, type ConditionRow, type ConditionType } from './rows.ts';

export async function findBranch(
	database: Database,
	library: string,
	slug: string,
): Promise<BranchRow | undefined> {
	return database<BranchRow>('branch').where({ library, slug }).first();
}

export async function branchById(database: Database, id: string): Promise<BranchRow | undefined> {
	return database<BranchRow>('branch').where({ id }).first();
}

/** Branches of a library in the order of their slugs. */
export async function branchesOf(
	database: Database,
	library: string,
	page: { after?: string; limit?: number } = {},
): Promise<BranchRow[]> {
	const query = database<BranchRow>('branch').where({ library }).orderBy('slug');
	if (page.after) query.where('slug', '>', page.after);
	return page.limit ? query.limit(page.limit) : query;
}

/** Ids of the branches whose home has not carried out what is wanted; the sweep after a crash begins here. */
export async function branchesBehind(database: Database): Promise<string[]> {
	const rows = await database<BranchRow>('branch')
		.whereNot('stage', 'listed')
		.whereRaw('observed_generation < generation')
		.select('id');
	return rows.map((row) => row.id);
}

/** Changes what is wanted of a branch and counts its generation up, so that the reconciler takes it up. */
export async function changeBranch(
	database: Database,
	id: string,
	change: Partial<BranchRow>,
): Promise<void> {
	const row: Record<string, unknown> = { ...change };
	for (const column of ['door', 'address'] as const) {
		if (column in row) row[column] = JSON.stringify(row[column]);
	}
	await database('branch')
		.where({ id })
		.update({ ...row, generation: database.raw('generation + 1') });
}

export async function conditionsOf(
	database: Database,
	branches: readonly string[],
): Promise<Map<string, ConditionRow[]>> {
	const rows = await database<ConditionRow>('condition')
		.whereIn('branch', [...branches])
		.orderBy('type');
	return Map.groupBy(rows, (row) => row.branch);
}

/** Writes a condition; the time of its transition moves only when its status does. */
export async function setCondition(
	database: Database,
	branch: Pick<BranchRow, 'id' | 'generation'>,
	condition: { type: ConditionType; status: ConditionRow['status']; reason: string; message: string },
	now: number,
): Promise<void> {
	await database('condition')
		.insert({
			branch: branch.id,
			...condition,
			transition_at: now,
			observed_generation: big(branch.generation),
		})
		.onConflict(['branch', 'type'])
		.merge({
			status: condition.status,
			reason: condition.reason,
			message: condition.message,
			observed_generation: big(branch.generation),
			transition_at: database.raw(
				'case when condition.status = excluded.status then condition.transition_at else excluded.transition_at end',
			),
		});
}

/** The conditions a branch has before anybody looked. */
export function unknownConditions(
	branch: string,
	now: number,
): (Omit<ConditionRow, 'transition_at' | 'observed_generation'> & {
	transition_at: number;
	observed_generation: number;
})[] {
	return CONDITION_TYPES.map((type) => ({
		branch,
		type,
		status: 'Unknown',
		reason: 'NotLookedYet',
		message: 'Nobody has looked yet.',
		transition_at: now,
		observed_generation: 0,
	}));
}
