import type { ReasonOf } from '../reconcile/reasons.ts';
import type { Database } from './database.ts';
import { type BranchRow, big, CONDITION_TYPES, type ConditionRow, type ConditionType } from './rows.ts';
import { ONLY_UPGRADED } from './under-way.ts';

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

/** The branch that goes on under another name for one whose people were told so; undefined for one that closes in favor of a branch that was there before. */
export async function goesOnAs(database: Database, id: string): Promise<BranchRow | undefined> {
	const successor = (await branchById(database, id))?.successor;
	if (!successor) return undefined;
	return database<BranchRow>('branch').where({ id: successor.id, renamed_from: id }).first();
}

/** The name of the home a branch lives in; null before it has one. */
export async function placeOfBranch(database: Database, id: string): Promise<string | null> {
	return (await database<BranchRow>('branch').where({ id }).first('place'))?.place ?? null;
}

/** Branches of a library in the order of their slugs; of those with the ids in `only`, when there are such. */
export async function branchesOf(
	database: Database,
	library: string,
	page: { after?: string; limit?: number } = {},
	only: readonly string[] | null = null,
): Promise<BranchRow[]> {
	const query = database<BranchRow>('branch').where({ library }).orderBy('slug');
	if (only) query.whereIn('id', [...only]);
	if (page.after) query.where('slug', '>', page.after);
	return page.limit ? query.limit(page.limit) : query;
}

/**
 * The branches that are not at rest: their home has not carried out what is wanted, or nobody has written down yet that it has. The sweep
 * after a crash begins here.
 */
export async function branchesBehind(database: Database): Promise<{ id: string; library: string }[]> {
	return database('branch')
		.join('condition', 'condition.branch', 'branch.id')
		.where('condition.type', 'Progressing' satisfies ConditionType)
		.whereNot('branch.stage', 'listed')
		.whereRaw(
			`(branch.observed_generation < branch.generation
				or condition.observed_generation < branch.generation
				or (condition.status <> 'False' and not (${ONLY_UPGRADED})))`,
		)
		.select('branch.id', 'branch.library');
}

/** One branch of each home, and one that has none: looking at it shows whether the home runs. */
export async function branchOfEachHome(database: Database): Promise<string[]> {
	const rows = await database<BranchRow>('branch')
		.distinctOn('place')
		.whereNot('stage', 'listed')
		.select('id');
	return rows.map((row) => row.id);
}

/** One branch of each of these homes, of those that have any. */
export async function branchOfHomes(database: Database, homes: readonly string[]): Promise<string[]> {
	const rows = await database<BranchRow>('branch')
		.distinctOn('place')
		.whereNot('stage', 'listed')
		.whereIn('place', [...homes])
		.select('id');
	return rows.map((row) => row.id);
}

/** Libraries that have branches in the home that enrolled as a role. */
export async function librariesIn(database: Database, role: string): Promise<string[]> {
	const rows = await database<BranchRow>('branch').distinct('library').where({ home: role });
	return rows.map(({ library }) => library);
}

/** Everything a library has listed is to be served from now on, but for what is proposed for closing. Returns the ids. */
export async function provisionListed(database: Database, library: string): Promise<string[]> {
	const rows: { id: string }[] = await database('branch')
		.where({ library, stage: 'listed' })
		.whereNull('proposed_closing')
		.update({ stage: 'unopened', generation: database.raw('generation + 1') })
		.returning('id');
	return rows.map((row) => row.id);
}

/** Branches that are wanted and that no home has yet: nothing was ever said of them to anybody. */
function ofNoHome(database: Database, about: { readonly library: string } | { readonly id: string }) {
	return database<BranchRow>('branch')
		.where(about as never)
		.where({ stage: 'unopened' })
		.whereNull('home');
}

/** Is there one of them? */
export async function hasNoHome(database: Database, about: Parameters<typeof ofNoHome>[1]): Promise<boolean> {
	return (await ofNoHome(database, about).first('id')) !== undefined;
}

/** Lists those of them again, so that nothing is done for them; returns their ids. Whichever a home has by then stays wanted. */
export async function listAgain(
	database: Database,
	about: Parameters<typeof ofNoHome>[1],
): Promise<string[]> {
	const rows: { id: string }[] = await ofNoHome(database, about)
		.update({ stage: 'listed', place: null, generation: database.raw('generation + 1') } as never)
		.returning('id');
	return rows.map((row) => row.id);
}

const JSON_COLUMNS = [
	'door',
	'address',
	'location',
	'totals_only',
	'suspension',
	'retirement',
	'unhosted',
	'successor',
] as const;

/** Changes what is wanted of a branch and counts its generation up, so that the reconciler takes it up. */
export async function changeBranch(
	database: Database,
	id: string,
	change: Partial<BranchRow>,
): Promise<void> {
	const row: Record<string, unknown> = { ...change };
	for (const column of JSON_COLUMNS) {
		if (column in row && row[column] !== null) row[column] = JSON.stringify(row[column]);
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

/** A condition as it is told; times and generations are added when it is written. */
export interface ToldCondition<T extends ConditionType = ConditionType> {
	readonly type: T;
	readonly status: ConditionRow['status'];
	readonly reason: ReasonOf<T>;
	readonly message: string;
}

/**
 * Writes conditions in one statement; the time of a transition moves only when a status does. What is known of an older generation never takes
 * the place of what is known of a newer one, and what is written already is not written again.
 */
export async function setConditions(
	database: Database,
	told: readonly {
		readonly branch: Pick<BranchRow, 'id' | 'generation'>;
		readonly condition: ToldCondition;
	}[],
	now: number,
): Promise<void> {
	if (told.length === 0) return;
	await database('condition')
		.insert(
			told.map(({ branch, condition }) => ({
				branch: branch.id,
				...condition,
				transition_at: now,
				told_at: now,
				observed_generation: big(branch.generation),
			})),
		)
		.onConflict(['branch', 'type'])
		.merge({
			status: database.raw('excluded.status'),
			reason: database.raw('excluded.reason'),
			message: database.raw('excluded.message'),
			observed_generation: database.raw('excluded.observed_generation'),
			told_at: database.raw('excluded.told_at'),
			transition_at: database.raw(
				'case when condition.status = excluded.status then condition.transition_at else excluded.transition_at end',
			),
		})
		.whereRaw(
			`condition.observed_generation <= excluded.observed_generation
				and (condition.status, condition.reason, condition.message, condition.observed_generation)
				<> (excluded.status, excluded.reason, excluded.message, excluded.observed_generation)`,
		);
}

/**
 * Writes conditions of every branch that lives in a home, but for one. Only rows that say something else are touched, so that
 * repeating it costs little; each of these branches is looked at again by the sweep, because it no longer is at rest.
 */
export async function setConditionsIn(
	database: Database,
	{ place, but }: { readonly place: string; readonly but: string },
	told: readonly ToldCondition[],
	now: number,
): Promise<void> {
	for (const { type, status, reason, message } of told) {
		await database.raw(
			`update condition set status = :status, reason = :reason, message = :message,
				told_at = :now, observed_generation = branch.generation,
				transition_at = case when condition.status = :status then condition.transition_at else :now end
			from branch
			where branch.id = condition.branch and branch.place = :place and branch.id <> :but
				and branch.home is not null and branch.retirement -> 'deleted' is null
				and condition.type = :type and (condition.status <> :status or condition.reason <> :reason)`,
			{ place, but, type, status, reason, message, now },
		);
	}
}

/** Branches whose suspension ended at or before a moment, and which are still written down as suspended. */
export async function overdueSuspensions(database: Database, now: number): Promise<string[]> {
	const rows = await database<BranchRow>('branch')
		.whereRaw("(suspension->>'until')::bigint <= ?", [now])
		.select('id');
	return rows.map((row) => row.id);
}

/** What the audit calls a branch. */
export function subjectOf(branch: Pick<BranchRow, 'id'>): string {
	return `branch ${branch.id}`;
}

/** The conditions a branch has before anybody looked. */
export function unknownConditions(
	branch: string,
	now: number,
): (Omit<ConditionRow, 'transition_at' | 'told_at' | 'observed_generation'> & {
	transition_at: number;
	told_at: number;
	observed_generation: number;
})[] {
	return CONDITION_TYPES.map((type) => ({
		branch,
		type,
		status: 'Unknown',
		reason: 'NotLookedYet' satisfies ReasonOf<(typeof CONDITION_TYPES)[number]>,
		message: 'Nobody has looked yet.',
		transition_at: now,
		told_at: now,
		observed_generation: 0,
	}));
}
