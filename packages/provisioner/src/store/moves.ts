import type { BackupFacts } from '@understory/core/backup.ts';
import type { Database } from './database.ts';
import type { HomeKind } from './rows.ts';

/** In the order they come, up to `held`; those from `undoing` on are for a move of which nothing comes. */
export const MOVE_STATES = [
	'arriving',
	'copying',
	'carrying',
	'closing',
	'copying_rest',
	'carrying_rest',
	'laying_out',
	'leaving',
	'leading',
	'switching',
	'held',
	'cleared',
	'undoing',
	'reopened',
	'undone',
] as const;
export type MoveState = (typeof MOVE_STATES)[number];

/** A branch on its way from one home to another. Its id is that of its operation. */
export interface MoveRow {
	id: string;
	branch: string;
	/** What kind of home it goes to. */
	housing: HomeKind;
	from_place: string;
	/** The role of the home it leaves. */
	from_home: string;
	to_place: string;
	/** The role of the home it goes to, once that has enrolled. */
	to_home: string | null;
	/** Of the folder it leaves behind; the one it gets is of the next. */
	from_epoch: number;
	/** The copy that is carried while the branch serves, and the one of the closed folder. */
	first: string;
	rest: string;
	state: MoveState;
	/** When that state began, UTC milliseconds. */
	since: string;
	asked: string;
	asked_by: string;
	/** Of the copy of the closed folder, once it has arrived. */
	facts: BackupFacts | null;
	/** Why nothing comes of it. */
	message: string | null;
	/** Until when the folder it left is kept. */
	held_until: string | null;
}

/** Its folder is closed in these, and belongs to nobody who writes. */
const CLOSED: readonly MoveState[] = [
	'closing',
	'copying_rest',
	'carrying_rest',
	'laying_out',
	'leaving',
	'undoing',
];
/** Until one of these it can be taken back. */
const MAY_STOP: readonly MoveState[] = MOVE_STATES.slice(0, MOVE_STATES.indexOf('leaving'));
export const ENDED: readonly MoveState[] = ['held', 'cleared', 'undone'];

/** May nobody send a wish to the branch, because its folder is closed and on its way? */
export function isClosedFor(move: MoveRow | undefined): boolean {
	return move !== undefined && CLOSED.includes(move.state);
}

export async function insertMove(
	database: Database,
	row: Omit<MoveRow, 'to_home' | 'state' | 'since' | 'asked' | 'facts' | 'message' | 'held_until'> & {
		asked: number;
	},
): Promise<void> {
	await database('move').insert({ ...row, state: 'arriving' satisfies MoveState, since: row.asked });
}

export async function findMove(database: Database, id: string): Promise<MoveRow | undefined> {
	return database<MoveRow>('move').where({ id }).first();
}

/** Can it still be taken back? */
export function mayStop({ state }: Pick<MoveRow, 'state'>): boolean {
	return MAY_STOP.includes(state);
}

/** The move of a branch that is under way. */
export async function openMove(database: Database, branch: string): Promise<MoveRow | undefined> {
	return database<MoveRow>('move')
		.where({ branch })
		.whereNotIn('state', [...ENDED])
		.first();
}

/** Branches that are under way. */
export async function branchesMoving(database: Database): Promise<string[]> {
	const rows = await database<MoveRow>('move')
		.whereNotIn('state', [...ENDED])
		.select('branch');
	return rows.map((row) => row.branch);
}

/** Those of these branches that are under way. */
export async function movingAmong(database: Database, branches: readonly string[]): Promise<string[]> {
	const rows = await database<MoveRow>('move')
		.whereIn('branch', [...branches])
		.whereNotIn('state', [...ENDED])
		.select('branch');
	return rows.map((row) => row.branch);
}

/** Takes a move from the state it was seen in to the next. False when somebody stopped it meanwhile. */
export async function advanceMove(
	database: Database,
	{ id, state: seen }: Pick<MoveRow, 'id' | 'state'>,
	state: MoveState,
	now: number,
	more: { to_home?: string; facts?: BackupFacts; held_until?: number } = {},
): Promise<boolean> {
	const { facts, ...rest } = more;
	const change = { state, since: now, ...rest, ...(facts && { facts: JSON.stringify(facts) }) };
	const changed = await database('move').where({ id, state: seen }).update(change);
	return changed === 1;
}

/** Has nothing come of a move, where that is still possible. False where it is too late. */
export async function stopMove(
	database: Database,
	id: string,
	{ message, now }: { readonly message: string; readonly now: number },
): Promise<boolean> {
	const changed = await database('move')
		.where({ id })
		.whereIn('state', [...MAY_STOP])
		.update({ state: 'undoing' satisfies MoveState, message, since: now });
	return changed === 1;
}

/** Moves whose old folder has been kept long enough. */
export async function movesToClear(database: Database, now: number): Promise<MoveRow[]> {
	return database<MoveRow>('move')
		.where({ state: 'held' })
		.where('held_until', '<=', now)
		.orderBy('held_until');
}

/**
 * The copy that a home may fetch under this number just now, and where it lies: of a move that carries it, or of a restore in another home than
 * the one that made it. Undefined for everybody else.
 */
export async function carriageFor(
	database: Database,
	carriage: string,
	home: string,
): Promise<{ branch: string; backup: string; from_place: string } | undefined> {
	const move = await database<MoveRow>('move')
		.where({ to_home: home })
		.where((either) =>
			either
				.where({ state: 'carrying', first: carriage })
				.orWhere({ state: 'carrying_rest', rest: carriage }),
		)
		.first();
	if (move) return { branch: move.branch, backup: carriage, from_place: move.from_place };
	return database('restore')
		.join('backup', 'backup.id', 'restore.backup')
		.join('branch', 'branch.id', 'restore.branch')
		.where({ 'restore.id': carriage, 'restore.state': 'carrying', 'branch.home': home })
		.first('restore.branch', 'restore.backup', 'backup.place as from_place');
}
