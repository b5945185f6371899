import type { Database } from './database.ts';

/** A network that the platform allowed for a library's catalogue. Rows stay when it is ended, as what was allowed when. */
export interface CatalogueNetworkRow {
	id: string;
	library: string;
	cidr: string;
	port: number;
	allowed_at: string;
	allowed_by: string;
	ended_at: string | null;
	ended_by: string | null;
}

/** Those that are allowed now, in the order of their addresses as text. */
export async function catalogueNetworks(database: Database, library: string): Promise<CatalogueNetworkRow[]> {
	return database<CatalogueNetworkRow>('catalogue_network')
		.where({ library })
		.whereNull('ended_at')
		.orderBy(['cidr', 'port']);
}

/** Allows one, and answers with it, or with the same that was allowed already. */
export async function addCatalogueNetwork(
	database: Database,
	row: { id: string; library: string; cidr: string; port: number; at: number; by: string },
): Promise<CatalogueNetworkRow> {
	const { id, library, cidr, port, at, by } = row;
	const { rows }: { rows: CatalogueNetworkRow[] } = await database.raw(
		`insert into catalogue_network (id, library, cidr, port, allowed_at, allowed_by) values (?, ?, ?, ?, ?, ?)
		on conflict (library, cidr, port) where ended_at is null do update set port = excluded.port returning *`,
		[id, library, cidr, port, at, by],
	);
	return rows[0]!;
}

/** Ends one; false when there is none that is allowed now. */
export async function endCatalogueNetwork(
	database: Database,
	{ library, id, at, by }: { library: string; id: string; at: number; by: string },
): Promise<boolean> {
	const ended = await database('catalogue_network')
		.where({ library, id })
		.whereNull('ended_at')
		.update({ ended_at: at, ended_by: by });
	return ended === 1;
}

/** A number a library that grows with every network that is allowed or ended; none for a library that never had one. */
export async function catalogueNetworkMarks(
	database: Database,
): Promise<{ library: string; mark: number }[]> {
	const rows: { library: string; allowed: string; ended: string }[] = await database('catalogue_network')
		.groupBy('library')
		.select('library')
		.count({ allowed: 'id', ended: 'ended_at' });
	return rows.map(({ library, allowed, ended }) => ({ library, mark: Number(allowed) + Number(ended) }));
}
