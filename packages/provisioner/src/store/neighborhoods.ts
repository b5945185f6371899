import type { Database } from './database.ts';
import type { NeighborhoodRow } from './rows.ts';

/** A neighborhood and the ids of the branches that are to stand in it. */
export interface NeighborhoodWithBranches {
	readonly row: NeighborhoodRow;
	readonly branches: ReadonlySet<string>;
}

/** The neighborhoods stewarded for a library. */
export async function neighborhoodsOf(
	database: Database,
	library: string,
): Promise<NeighborhoodWithBranches[]> {
	return withBranches(
		database,
		await database<NeighborhoodRow>('neighborhood').where({ library }).orderBy('id'),
	);
}

export async function allNeighborhoods(database: Database): Promise<NeighborhoodWithBranches[]> {
	return withBranches(database, await database<NeighborhoodRow>('neighborhood').orderBy('id'));
}

async function withBranches(
	database: Database,
	rows: NeighborhoodRow[],
): Promise<NeighborhoodWithBranches[]> {
	const links = await database<{ neighborhood: string; branch: string }>('neighborhood_branch').whereIn(
		'neighborhood',
		rows.map((row) => row.id),
	);
	const byNeighborhood = Map.groupBy(links, (link) => link.neighborhood);
	return rows.map((row) => ({
		row,
		branches: new Set((byNeighborhood.get(row.id) ?? []).map((link) => link.branch)),
	}));
}

export async function insertNeighborhood(
	database: Database,
	row: Omit<NeighborhoodRow, 'created' | 'roster'> & { created: number },
): Promise<void> {
	await database('neighborhood').insert({ ...row, charter: JSON.stringify(row.charter) });
}

/** Adds branches; those already in stay. */
export async function joinNeighborhood(
	database: Database,
	neighborhood: string,
	branches: readonly string[],
): Promise<void> {
	if (branches.length === 0) return;
	await database('neighborhood_branch')
		.insert(branches.map((branch) => ({ neighborhood, branch })))
		.onConflict(['neighborhood', 'branch'])
		.ignore();
}
