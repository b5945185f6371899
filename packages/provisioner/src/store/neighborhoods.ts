import type { Database } from './database.ts';
import type { NeighborhoodRow } from './rows.ts';
import { isUuid } from './uuid.ts';

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

export async function findNeighborhood(database: Database, id: string): Promise<NeighborhoodRow | undefined> {
	return isUuid(id) ? database<NeighborhoodRow>('neighborhood').where({ id }).first() : undefined;
}

/** Neighborhoods with a roster in the order of their ids, from after one of them; of one library, or of all. */
export async function listNeighborhoods(
	database: Database,
	page: { library: string | null; after?: string; limit: number },
): Promise<NeighborhoodRow[]> {
	const query = database<NeighborhoodRow>('neighborhood')
		.whereNotNull('roster')
		.orderBy('id')
		.limit(page.limit);
	if (page.library !== null) query.where({ library: page.library });
	return page.after ? query.where('id', '>', page.after) : query;
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
