import type { CellRoom } from '../cells/placement.ts';
import { type Database, lock } from './database.ts';
import { forgetKeys } from './home-keys.ts';
import { big, type HomeKind } from './rows.ts';

/** The cell there is from the beginning: the cluster or the machine that the platform's own settings lead to. */
export const FIRST_CELL = 'default';

export interface CellRow {
	name: string;
	/** The name of its kubeconfig among the files for cells; null for the first. */
	kubeconfig: string | null;
	/** `none`: it is being emptied, and takes nobody. */
	takes: 'any' | 'none' | HomeKind;
	libraries: string[];
	most_homes: number | null;
	most_branches: number | null;
	/** How many homes it may be asked to start in a minute, and how many may be on their way at once; null: as many as come. */
	starts_per_minute: number | null;
	starts_at_once: number | null;
	/** Before this moment no home is started, UTC milliseconds. */
	next_start: string;
	created: string;
}

/** A cell with what it holds. */
export type CountedCell = CellRow & { readonly homes: number; readonly branches: number };

/** Every cell in the order in which they are filled. */
export async function listCells(database: Database): Promise<CountedCell[]> {
	const held = database('home')
		.whereRaw('home.cell = cell.name')
		.select(database.raw('json_build_array(count(*), coalesce(sum(branches), 0))'))
		.as('held');
	const rows: (CellRow & { held: [number, number] })[] = await database('cell')
		.orderBy(['created', 'name'])
		.select('cell.*', held);
	return rows.map(({ held: [homes, branches], ...row }) => ({ ...row, homes, branches }));
}

export async function findCell(database: Database, name: string): Promise<CellRow | undefined> {
	return database<CellRow>('cell').where({ name }).first();
}

/** The cell that a home is in; undefined for a home there is not. */
export async function cellOfHome(database: Database, home: string): Promise<CellRow | undefined> {
	return database<CellRow>('cell')
		.join('home', 'home.cell', 'cell.name')
		.where('home.name', home)
		.first('cell.*');
}

/** The names of all cells but the first. */
export async function furtherCells(database: Database): Promise<string[]> {
	return database<CellRow>('cell').whereNot('name', FIRST_CELL).orderBy(['created', 'name']).pluck('name');
}

/** What all cells are reached by: the names of their kubeconfigs, null for the first. */
export async function kubeconfigsOfCells(database: Database): Promise<(string | null)[]> {
	return database<CellRow>('cell').orderBy(['created', 'name']).pluck('kubeconfig');
}

/** In which cells these branches are; those that are in the first or in none are left out. */
export async function cellsOfBranches(
	database: Database,
	branches: readonly string[],
): Promise<Map<string, string>> {
	const rows: { id: string; cell: string }[] = await database('branch')
		.join('home', 'home.name', 'branch.place')
		.whereIn('branch.id', [...branches])
		.whereNot('home.cell', FIRST_CELL)
		.select('branch.id', 'home.cell');
	return new Map(rows.map(({ id, cell }) => [id, cell]));
}

/** What is said of a cell. */
export type CellSettings = Pick<
	CellRow,
	'takes' | 'libraries' | 'most_homes' | 'most_branches' | 'starts_per_minute' | 'starts_at_once'
>;

export async function insertCell(
	database: Database,
	row: CellSettings & Pick<CellRow, 'name' | 'kubeconfig'> & { created: number },
): Promise<boolean> {
	const made = await database('cell').insert(row).onConflict('name').ignore().returning('name');
	return made.length > 0;
}

/** Branches that live in a cell, at most `limit`, and how many there are; those that were deleted do not count. */
export async function livingIn(
	database: Database,
	cell: string,
	limit: number,
): Promise<{ all: number; first: { branch: string; library: string }[] }> {
	const living = () =>
		database('branch')
			.join('home', 'home.name', 'branch.place')
			.where('home.cell', cell)
			.whereRaw("branch.retirement->'deleted' is null");
	const { n } = await living().count({ n: '*' }).first<{ n: string }>();
	const first = await living()
		.join('library', 'library.id', 'branch.library')
		.orderBy(['library.slug', 'branch.slug'])
		.limit(limit)
		.select('branch.slug as branch', 'library.slug as library');
	return { all: big(n), first };
}

/** Folders that are kept in a cell because branches left it, and until when the last of them is; moves that lead to it or from it and have not ended. */
export async function movesAbout(
	database: Database,
	cell: string,
): Promise<{ kept: number; until: number; underway: number }> {
	const homes = database('home').where({ cell }).select('name');
	const row = await database('move')
		.where((either) => either.whereIn('from_place', homes).orWhereIn('to_place', homes.clone()))
		.select(
			database.raw(
				`count(*) filter (where state = 'held' and from_place in ?) as kept,
				coalesce(max(held_until) filter (where state = 'held' and from_place in ?), 0) as until,
				count(*) filter (where state not in ('held', 'cleared', 'undone')) as underway`,
				[homes.clone(), homes.clone()],
			),
		)
		.first<{ kept: string; until: string; underway: string }>();
	return { kept: big(row.kept), until: big(row.until), underway: big(row.underway) };
}

export async function homesIn(database: Database, cell: string): Promise<string[]> {
	return database('home').where({ cell }).orderBy('name').pluck('name');
}

/** Forgets a cell with its homes, in which nobody lives; what is left to know of branches that were deleted there is not where. */
export async function deleteCell(database: Database, cell: string): Promise<void> {
	const homes = await homesIn(database, cell);
	await database('branch').whereIn('place', homes).update({ place: null, home: null });
	await database('home').where({ cell }).delete();
	await forgetKeys(database, homes);
	await database('cell').where({ name: cell }).delete();
}

export async function changeCell(
	database: Database,
	name: string,
	change: Partial<CellSettings>,
): Promise<void> {
	if (Object.keys(change).length > 0) await database('cell').where({ name }).update(change);
}

/** How many homes each cell may have on their way at once, where it says so. */
export async function startsAtOnce(database: Database): Promise<Map<string, number>> {
	const rows = await database<CellRow>('cell')
		.whereNotNull('starts_at_once')
		.select('name', 'starts_at_once');
	return new Map(rows.map(({ name, starts_at_once }) => [name, starts_at_once!]));
}

/** What every cell takes, and its room, with homes of at most `most` branches, the home `except` left out. What has no limit is not counted. */
export async function roomOfCells(
	database: Database,
	most: number,
	except: string | null = null,
): Promise<CellRoom[]> {
	const cells = await database<CellRow>('cell').orderBy(['created', 'name']);
	const rooms: CellRoom[] = [];
	for (const cell of cells) {
		const isLimited = cell.most_homes !== null || cell.most_branches !== null;
		const held = isLimited ? await heldBy(database, cell.name) : { homes: 0, branches: 0 };
		const open: { name: string } | undefined = await database('home')
			.where({ cell: cell.name, kind: 'shared' satisfies HomeKind })
			.where('branches', '<', most)
			.whereNot('name', except ?? '')
			.orderBy(['created', 'name'])
			.first('name');
		rooms.push({
			...cell,
			...held,
			withRoom: open?.name ?? null,
		});
	}
	return rooms;
}

async function heldBy(database: Database, cell: string): Promise<{ homes: number; branches: number }> {
	const row = await database('home')
		.where({ cell })
		.select(database.raw('count(*) as homes, coalesce(sum(branches), 0) as branches'))
		.first<{ homes: string; branches: string }>();
	return { homes: big(row.homes), branches: big(row.branches) };
}

/** So long a start that was written down as begun counts as one that is under way, in milliseconds; whoever began it may have been killed. */
const UNDERWAY = 10 * 60_000;
/** When to ask again while as many starts as may are under way, in milliseconds. */
const ASK_AGAIN = 1_000;

/**
 * Asks the cell of a home whether the home may be started now, at its rate and as many at once as it takes; in all processes together. Takes
 * the turn and, in the same transaction, writes down with `begun` that the start is under way. Returns null for yes, and otherwise when to
 * ask again, UTC milliseconds.
 */
export async function takeTurn(
	database: Database,
	home: string,
	now: number,
	begun: (database: Database) => Promise<unknown>,
): Promise<number | null> {
	return database.transaction(async (transaction) => {
		const known = await cellOfHome(transaction, home);
		if (known?.starts_per_minute != null || known?.starts_at_once != null) {
			await lock(transaction, `cell:${known.name}`);
			const cell = (await findCell(transaction, known.name))!;
			if (now < big(cell.next_start)) return big(cell.next_start);
			if (
				cell.starts_at_once !== null &&
				(await startsUnderway(transaction, cell.name, now)) >= cell.starts_at_once
			)
				return now + ASK_AGAIN;
			if (cell.starts_per_minute !== null) {
				const next_start = now + Math.ceil(60_000 / cell.starts_per_minute);
				await transaction('cell').where({ name: cell.name }).update({ next_start });
			}
		}
		await begun(transaction);
		return null;
	});
}

async function startsUnderway(database: Database, cell: string, now: number): Promise<number> {
	const row = await database('intent')
		.join('branch', 'branch.id', 'intent.branch')
		.join('home', 'home.name', 'branch.place')
		.where({ 'intent.action': 'start_home', 'intent.state': 'running', 'home.cell': cell })
		.where('intent.at', '>', now - UNDERWAY)
		.count({ n: '*' })
		.first<{ n: string }>();
	return big(row.n);
}
