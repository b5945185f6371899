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

/** Puts branches into the neighborhood of their own library; those already in stay. */
export async function joinOwnNeighborhood(database: Database, branches: readonly string[]): Promise<void> {
	await database.raw(
		`insert into neighborhood_branch (neighborhood, branch)
		select neighborhood.id, branch.id from branch join neighborhood on neighborhood.library = branch.library
		where branch.id = any(?) on conflict do nothing`,
		[[...branches]],
	);
}
