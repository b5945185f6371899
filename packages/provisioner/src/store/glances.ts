import type { WrittenCondition } from '../reconcile/at-rest.ts';
import type { SeenBranch } from '../reconcile/observe.ts';
import { copyingAmong } from './backups.ts';
import { FIRST_CELL } from './cells.ts';
import type { Database } from './database.ts';
import { movingAmong } from './moves.ts';
import type { BranchRow, IntentRow, RoleRow } from './rows.ts';
import { type UnderWay, underWayAmong } from './under-way.ts';

/** A branch as far as a glance sees it. */
export type GlancedBranch = SeenBranch & Pick<BranchRow, 'id'>;

/** Branches by their ids. */
export interface IdRange {
	/** The first of them; null: from the beginning. */
	readonly from: string | null;
	/** The first one beyond them; null: to the end. */
	readonly before: string | null;
}

/** What else is known of branches that were glanced at. */
export interface GlancedFacts {
	readonly intents: ReadonlyMap<string, IntentRow>;
	readonly conditions: ReadonlyMap<string, readonly WrittenCondition[]>;
	/** The roles of their homes, by their ids. */
	readonly homes: ReadonlyMap<string, RoleRow>;
	/** Those that move, that are copied or restored, or whose copies are to be removed. */
	readonly busy: ReadonlySet<string>;
	/** What else goes on with them. */
	readonly underWay: ReadonlyMap<string, UnderWay>;
}

/** Branches of a cell that are to be served, in the order of their ids, after one of them; those without a home are with the first cell. */
export async function branchesToGlance(
	database: Database,
	{ cell, range, after }: { readonly cell: string; readonly range: IdRange; readonly after: string | null },
	limit: number,
): Promise<GlancedBranch[]> {
	const query = database('branch')
		.leftJoin('home', 'home.name', 'branch.place')
		.whereRaw('coalesce(home.cell, ?) = ?', [FIRST_CELL, cell])
		.whereNot('branch.stage', 'listed')
		.orderBy('branch.id')
		.limit(limit);
	if (after !== null) query.where('branch.id', '>', after);
	else if (range.from !== null) query.where('branch.id', '>=', range.from);
	if (range.before !== null) query.where('branch.id', '<', range.before);
	return query.select(
		'branch.id',
		'branch.stage',
		'branch.retirement',
		'branch.place',
		'branch.home',
		'branch.generation',
		'branch.observed_generation',
		'branch.observed_state',
		'branch.observed_message',
		'branch.branch_key',
		'branch.suspension',
	);
}

/** What else is known of these branches, in one question of each kind. */
export async function glancedFacts(
	database: Database,
	branches: readonly GlancedBranch[],
): Promise<GlancedFacts> {
	const ids = branches.map(({ id }) => id);
	const homes = new Set(branches.flatMap(({ home }) => home ?? []));
	const intents = await database<IntentRow>('intent').whereIn('branch', ids);
	const conditions = await database<WrittenCondition & { branch: string }>('condition')
		.whereIn('branch', ids)
		.select('branch', 'type', 'status', 'reason', 'message', 'observed_generation');
	const roles = await database<RoleRow>('role').whereIn('id', [...homes]);
	const moving = await movingAmong(database, ids);
	const copying = await copyingAmong(database, ids);
	const underWay = await underWayAmong(database, ids);
	return {
		intents: new Map(intents.map((row) => [row.branch, row])),
		conditions: Map.groupBy(conditions, (row) => row.branch),
		homes: new Map(roles.map((row) => [row.id, row])),
		busy: copying.union(new Set(moving)),
		underWay,
	};
}
