import { Conflict } from '@understory/core/errors.ts';
import { placeIn } from '../cells/placement.ts';
import { FIRST_CELL, roomOfCells } from './cells.ts';
import { type Database, lock, type Transaction } from './database.ts';
import { forgetKeys } from './home-keys.ts';
import type { BranchRow, HomeKind, HomeRow, RoleRow } from './rows.ts';

/** What is to be known to find a home. */
export interface HomeLimits {
	/** How many branches a shared home takes. */
	readonly most: number;
	/** UTC milliseconds. */
	readonly now: number;
	/** The namespace of the library in a cell (null: the first), where libraries have one; asked for homes that are a library's own. */
	readonly namespaceIn?: (cell: string | null) => Promise<string | null>;
	/** In this cell and no other. */
	readonly cell?: string | null;
}

/**
 * Writes down in which home of which cell a branch lives, and returns the home's name: its own for a dedicated one, the oldest shared home that
 * has room otherwise, or a new one when all are full. A branch that has a place keeps it. One at a time in all processes, so that nothing is
 * filled over its measure. Throws `Conflict` with a sentence when no cell has room.
 */
export async function placeBranch(
	database: Database,
	branch: Pick<BranchRow, 'id' | 'slug' | 'housing' | 'library'>,
	limits: HomeLimits,
): Promise<string> {
	return database.transaction(async (transaction) => {
		await lock(transaction, 'homes');
		const known = await transaction<BranchRow>('branch')
			.where({ id: branch.id })
			.forUpdate()
			.first('place', 'stage');
		if (known?.place) return known.place;
		const name = await homeWithRoom(transaction, branch, limits, null);
		// One that was listed again meanwhile gets none.
		if (known?.stage !== 'listed')
			await transaction('branch').where({ id: branch.id }).update({ place: name });
		return name;
	});
}

/** Finds a home for a branch, `except` left out, and writes it down when it is a new one; the caller has the lock. Throws `Conflict` when no cell has room. */
async function homeWithRoom(
	database: Database,
	branch: Pick<BranchRow, 'id' | 'slug' | 'housing' | 'library'>,
	{ most, namespaceIn, now: created, cell: only = null }: HomeLimits,
	except: string | null,
): Promise<string> {
	const placement = placeIn(await roomOfCells(database, most, except), branch, only);
	if (placement.cell === null) throw new Conflict(placement.why, 'no_room');
	const isDedicated = branch.housing === 'dedicated';
	const name =
		placement.home ??
		(isDedicated
			? await dedicatedName(database, branch, placement.cell, except)
			: await nextShared(database));
	const inCell = placement.cell === FIRST_CELL ? null : placement.cell;
	// What is shared belongs to no library.
	const namespace = (isDedicated && (await namespaceIn?.(inCell))) || null;
	const library = namespace === null ? null : branch.library;
	const row = { name, kind: branch.housing, cell: placement.cell, namespace, library, created };
	await database('home').insert(row).onConflict('name').ignore();
	return name;
}

/**
 * The name of the home that a branch has to itself: short enough for a Helm release, which may have 53 characters, and for a label; two branches never have the same
 * one. Another one when the branch leaves such a home for one in another cell.
 */
async function dedicatedName(
	database: Database,
	branch: Pick<BranchRow, 'id' | 'slug'>,
	cell: string,
	except: string | null,
): Promise<string> {
	const first = `branch-${branch.slug.slice(0, 32).replace(/-$/, '')}-${branch.id.slice(0, 8)}`;
	const known = await database<HomeRow>('home').whereLike('name', `${first}%`).select('name', 'cell');
	const isTaken = (name: string) =>
		name === except || known.some((home) => home.name === name && home.cell !== cell);
	let name = first;
	for (let more = 2; isTaken(name); more += 1) name = `${first}-${more}`;
	return name;
}

/**
 * Writes down the home a branch is to move to, and returns its name: its own for a dedicated one, the shared one that is named, or otherwise any
 * other that has room in the cells that are for it, and a new one when all are full. Throws `Conflict` with a sentence when no cell has room.
 */
export async function destinationFor(
	database: Transaction,
	branch: Pick<BranchRow, 'id' | 'slug' | 'library' | 'place'>,
	{ home: housing, place, ...limits }: HomeLimits & { readonly home: HomeKind; readonly place?: string },
): Promise<string> {
	await lock(database, 'homes');
	return place ?? homeWithRoom(database, { ...branch, housing }, limits, branch.place);
}

/** The name of the shared home that is made next. */
async function nextShared(database: Database): Promise<string> {
	const shared = await database<HomeRow>('home').where({ kind: 'shared' }).select('name');
	const taken = new Set(shared.map(({ name }) => name));
	let number = shared.length + 1;
	while (taken.has(`home-${number}`)) number += 1;
	return `home-${number}`;
}

export async function homeNamed(database: Database, name: string): Promise<HomeRow | undefined> {
	return database<HomeRow>('home').where({ name }).first();
}

/** Dedicated homes in which nobody lives and that no move has to do with. */
export async function emptyHomes(database: Database): Promise<string[]> {
	return ofNobody(database, null).pluck('name');
}

/** Forgets a dedicated home, unless somebody lives there by now or a move other than `but` has to do with it. */
export async function forgetEmptyHome(
	transaction: Transaction,
	name: string,
	but: string | null,
): Promise<void> {
	// Whoever looks for a place waits for this.
	await lock(transaction, 'homes');
	await ofNobody(transaction, but).where({ name }).delete();
	await forgetKeys(transaction, [name]);
}

function ofNobody(database: Database, but: string | null) {
	const moves = database('move')
		.whereRaw('home.name in (from_place, to_place)')
		.whereNotIn('state', ['cleared', 'undone'])
		.modify((query) => but !== null && query.whereNot({ id: but }));
	return database<HomeRow>('home')
		.where({ kind: 'dedicated' })
		.whereNotExists(database('branch').whereRaw('branch.place = home.name'))
		.whereNotExists(moves);
}

/** The host name of the branch that has a dedicated home to itself. */
export async function hostIn(database: Database, name: string): Promise<string | undefined> {
	const branch = await database<BranchRow>('branch').where({ place: name }).first('origin');
	return branch && new URL(branch.origin).hostname;
}

/** What a home is for a driver: its name and kind, and the host name of its branch when it is dedicated. */
export async function specOfHome(
	database: Database,
	name: string,
): Promise<{ name: string; kind: HomeKind; host?: string } | undefined> {
	const home = await homeNamed(database, name);
	if (!home) return undefined;
	const host = home.kind === 'dedicated' ? await hostIn(database, name) : undefined;
	return { name, kind: home.kind, ...(host && { host }) };
}

/** The namespace of a library that a home lives in, and the library's slug; undefined for one that lives with the shared ones. */
export async function namespaceOf(
	database: Database,
	name: string,
): Promise<{ namespace: string; library: string } | undefined> {
	return database('home')
		.join('library', 'library.id', 'home.library')
		.where('home.name', name)
		.whereNotNull('home.namespace')
		.first('home.namespace', 'library.slug as library');
}

/** The namespaces of libraries that homes live in, in their order. */
export async function namespacesOfLibraries(database: Database): Promise<string[]> {
	const rows = await database<HomeRow>('home')
		.distinct('namespace')
		.whereNotNull('namespace')
		.orderBy('namespace');
	return rows.map(({ namespace }) => namespace!);
}

/** Every home that branches live in, oldest first. */
export async function allHomes(database: Database): Promise<HomeRow[]> {
	return database<HomeRow>('home').orderBy(['created', 'name']);
}

/** The role that a home of this name enrolled as last. */
export async function roleOfHome(database: Database, name: string): Promise<RoleRow | undefined> {
	return database<RoleRow>('role')
		.where({ kind: 'home', name })
		.whereNotNull('internal_url')
		.orderBy('seen_at', 'desc')
		.first();
}
