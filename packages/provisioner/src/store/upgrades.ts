import { FIRST_CELL } from './cells.ts';
import type { Database } from './database.ts';
import { big } from './rows.ts';
import { isUuid } from './uuid.ts';

/** An upgrade of the homes of the platform; its id is that of its operation. */
export interface UpgradeRow {
	id: string;
	/** What homes are brought to; what they are brought back from when it undoes another. */
	version: string;
	/** The upgrade that is undone: its homes become what they were before it. Null for every other one. */
	undoes: string | null;
	/** `stopped`: something went wrong, and no further home is touched. */
	state: 'running' | 'paused' | 'stopped' | 'aborted' | 'done';
	/** The wave that is under way, from 0. */
	wave: number;
	/** When the last home of the wave had ended, UTC milliseconds; null before. */
	rests_since: string | null;
	settings: UpgradeSettings;
	/** A sentence for whoever looks why it stands still; while it runs, why it stops as soon as the homes that are under way have ended. */
	message: string | null;
	asked: string;
	asked_by: string;
}

export interface UpgradeSettings {
	/** How long a wave is watched before the next one begins, in milliseconds. */
	readonly soak: number;
	/** In the time of the library of each home; null: at any time. */
	readonly hours: { readonly from: number; readonly to: number } | null;
}

export interface UpgradeHomeRow {
	upgrade: string;
	name: string;
	wave: number;
	/** `backing_up`, then `upgrading`: written down before it begins. */
	state: 'waiting' | 'backing_up' | 'upgrading' | 'done' | 'rolled_back' | 'failed';
	/** What it was before, for going back to it. */
	revision: number | null;
	/** The newest schema of its folders before it was touched, which is what the version before can open at least; null where none was copied. */
	schema: number | null;
	message: string | null;
	at: string;
}

export async function insertUpgrade(
	database: Database,
	row: Pick<UpgradeRow, 'id' | 'version' | 'settings' | 'asked_by' | 'undoes'> & { asked: number },
	waves: readonly (readonly string[])[],
	known: ReadonlyMap<string, Pick<UpgradeHomeRow, 'revision' | 'schema'>> = new Map(),
): Promise<void> {
	const { id, settings, asked } = row;
	await database('upgrade').insert({ ...row, settings: JSON.stringify(settings), state: 'running', wave: 0 });
	await database('upgrade_home').insert(
		waves.flatMap((names, wave) =>
			names.map((name) => ({ upgrade: id, name, wave, state: 'waiting', at: asked, ...known.get(name) })),
		),
	);
}

export async function listUpgrades(database: Database, limit = 20): Promise<UpgradeRow[]> {
	return database<UpgradeRow>('upgrade').orderBy('asked', 'desc').limit(limit);
}

export async function findUpgrade(database: Database, id: string): Promise<UpgradeRow | undefined> {
	return isUuid(id) ? database<UpgradeRow>('upgrade').where({ id }).first() : undefined;
}

/** The upgrade that is under way or paused; there is one at most. */
export async function openUpgrade(database: Database): Promise<UpgradeRow | undefined> {
	return database<UpgradeRow>('upgrade').whereIn('state', ['running', 'paused']).first();
}

/** Whether an upgrade is at this home just now. */
export async function isBeingUpgraded(database: Database, name: string): Promise<boolean> {
	const row = await database('upgrade_home')
		.join('upgrade', 'upgrade.id', 'upgrade_home.upgrade')
		.where({ 'upgrade_home.name': name, 'upgrade_home.state': 'upgrading' })
		.whereIn('upgrade.state', ['running', 'paused'])
		.first('upgrade_home.name');
	return row !== undefined;
}

export async function homesOfUpgrade(database: Database, upgrade: string): Promise<UpgradeHomeRow[]> {
	return database<UpgradeHomeRow>('upgrade_home').where({ upgrade }).orderBy(['wave', 'name']);
}

/** How many homes of an upgrade are done with, and how many there are. */
export async function countUpgraded(
	database: Database,
	upgrade: string,
): Promise<{ done: number; all: number }> {
	const row = await database('upgrade_home')
		.where({ upgrade })
		.select(database.raw("count(*) as whole, count(*) filter (where state = 'done') as done"))
		.first<{ whole: string; done: string }>();
	return { done: big(row.done), all: big(row.whole) };
}

/** Homes of a wave that an upgrade is not done with, with the cell each is in; the first cell for one that is gone. */
export async function homesToUpgrade(
	database: Database,
	{ id, wave }: Pick<UpgradeRow, 'id' | 'wave'>,
): Promise<(Pick<UpgradeHomeRow, 'name' | 'state'> & { cell: string })[]> {
	return database('upgrade_home')
		.leftJoin('home', 'home.name', 'upgrade_home.name')
		.where({ upgrade: id, wave })
		.whereIn('state', ['waiting', 'backing_up', 'upgrading'] satisfies UpgradeHomeRow['state'][])
		.orderBy('upgrade_home.name')
		.select('upgrade_home.name', 'state', database.raw('coalesce(home.cell, ?) as cell', [FIRST_CELL]));
}

export async function homeOfUpgrade(
	database: Database,
	{ upgrade, name }: Pick<UpgradeHomeRow, 'upgrade' | 'name'>,
): Promise<UpgradeHomeRow | undefined> {
	return database<UpgradeHomeRow>('upgrade_home').where({ upgrade, name }).first();
}

/** Writes down why an upgrade stops as soon as what is under way has ended; `instead` of what was said of the same home before. */
export async function sayStopping(
	database: Database,
	id: string,
	sentence: string,
	instead?: string,
): Promise<void> {
	await database.transaction(async (transaction) => {
		const row = await transaction<UpgradeRow>('upgrade').where({ id }).forUpdate().first('message');
		const said = row?.message ?? '';
		const message =
			instead && said.includes(instead)
				? said.replace(instead, () => sentence)
				: `${said} ${sentence}`.trim();
		await transaction('upgrade').where({ id }).update({ message });
	});
}

export async function changeUpgrade(
	database: Database,
	id: string,
	change: Partial<Pick<UpgradeRow, 'state' | 'wave' | 'message'>> & { rests_since?: number | null },
): Promise<void> {
	await database('upgrade').where({ id }).update(change);
}

export async function changeUpgradeHome(
	database: Database,
	{ upgrade, name }: Pick<UpgradeHomeRow, 'upgrade' | 'name'>,
	change: Partial<Pick<UpgradeHomeRow, 'state' | 'revision' | 'schema' | 'message'>> & { at: number },
): Promise<void> {
	await database('upgrade_home').where({ upgrade, name }).update(change);
}

/** Homes with how many branches live in them, and the cell each is in. */
export async function homesWithBranches(
	database: Database,
): Promise<{ name: string; cell: string; branches: number }[]> {
	const rows: { name: string; cell: string; branches: string }[] = await database('home')
		.leftJoin('branch', 'branch.place', 'home.name')
		.groupBy('home.name', 'home.cell')
		.select('home.name', database.raw('coalesce(home.cell, ?) as cell', [FIRST_CELL]))
		.count({ branches: 'branch.id' });
	return rows.map(({ name, cell, branches }) => ({ name, cell, branches: big(branches) }));
}

/** A library with branches in a home: how many, its zone, and in which hours it wants homes upgraded, null where it says nothing. */
export interface LibraryHours {
	readonly zone: string;
	readonly hours: { readonly from: number; readonly to: number } | null;
	readonly branches: number;
}

/** Has any library said in which hours its homes are upgraded? */
export async function hasUpgradeHours(database: Database): Promise<boolean> {
	return (await database('library').whereNotNull('upgrade_hours').first('id')) !== undefined;
}

/** The libraries of each home of a wave that an upgrade has not begun. */
export async function librariesToUpgrade(
	database: Database,
	{ id, wave }: Pick<UpgradeRow, 'id' | 'wave'>,
): Promise<(LibraryHours & { readonly name: string })[]> {
	const rows: (Omit<LibraryHours, 'branches'> & { name: string; branches: string })[] = await database(
		'upgrade_home',
	)
		.join('branch', 'branch.place', 'upgrade_home.name')
		.join('library', 'library.id', 'branch.library')
		.where({ 'upgrade_home.upgrade': id, 'upgrade_home.wave': wave, 'upgrade_home.state': 'waiting' })
		.groupBy('upgrade_home.name', 'library.id', 'library.zone', 'library.upgrade_hours')
		.select('upgrade_home.name', 'library.zone', 'library.upgrade_hours as hours')
		.count({ branches: 'branch.id' });
	return rows.map((row) => ({ ...row, branches: big(row.branches) }));
}
