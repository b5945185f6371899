import type { Route } from '@understory/core/routes.ts';
import type { NameOfHome, NameOfRole } from '../routes/cluster-routes.ts';
import type { Database } from './database.ts';
import { big, type LibraryRow } from './rows.ts';

/** A version of the routing table. */
export interface RouteVersion {
	readonly version: number;
	readonly digest: string;
}

/** What of the table is no longer as it is published; without an address and a home: it is gone. */
export interface RouteChange {
	readonly host: string;
	readonly library: string;
	readonly home: string | null;
	readonly address: string | null;
}

/** Every branch that is served by a home that enrolled, as it has to be in the table. */
const WANTED = `
	select substring(branch.origin from '^[a-z]+://([^/:]+)') as host, branch.library, branch.place as home,
		rtrim(role.internal_url, '/') as address
	from branch join role on role.id = branch.home
	where branch.stage <> 'listed' and branch.place is not null and role.internal_url is not null
		and branch.retirement->'deleted' is null`;

/** What has to change, of these libraries or of all, in the order of hosts. One statement, so that it is seen at one moment. */
export async function routeChanges(
	database: Database,
	libraries: readonly string[] | null,
): Promise<RouteChange[]> {
	const [wanted, had, values] =
		libraries === null
			? ['', '', []]
			: ['and branch.library = any(?)', 'and library = any(?)', [[...libraries], [...libraries]]];
	const answer: { rows: RouteChange[] } = await database.raw(
		`with wanted as (${WANTED} ${wanted}),
			had as (select * from route where address is not null ${had})
		select coalesce(wanted.host, had.host) as host, coalesce(wanted.library, had.library) as library,
			wanted.home, wanted.address
		from wanted full join had on had.host = wanted.host
		where (wanted.home, wanted.address) is distinct from (had.home, had.address)
		order by 1`,
		values,
	);
	return answer.rows;
}

export async function newestRoutes(database: Database): Promise<RouteVersion> {
	const row = await database('route_version')
		.orderBy('version', 'desc')
		.first<{ version: string; digest: string }>('version', 'digest');
	return { version: big(row.version), digest: row.digest };
}

export async function isKnownRoutes(database: Database, { version, digest }: RouteVersion): Promise<boolean> {
	return (await database('route_version').where({ version, digest }).first('version')) !== undefined;
}

/** Writes a new version with its changes. */
export async function writeRoutes(
	database: Database,
	{ version, digest }: RouteVersion,
	changes: readonly RouteChange[],
): Promise<void> {
	await database.raw(
		`insert into route (host, library, home, address, version)
		select host, library, coalesce(home, ''), address, ? from json_to_recordset(?)
			as change (host text, library uuid, home text, address text)
		on conflict (host) do update set library = excluded.library, home = excluded.home,
			address = excluded.address, version = excluded.version`,
		[version, JSON.stringify(changes)],
	);
	await database('route_version').insert({ version, digest });
}

/** What changed after a version, or everything there is. */
export async function routesAfter(
	database: Database,
	version: number | null,
): Promise<{ routes: Route[]; gone: string[] }> {
	const query = database('route').orderBy('host').select('host', 'home', 'address');
	const rows: (Omit<Route, 'address'> & { address: string | null })[] =
		version === null ? await query.whereNotNull('address') : await query.where('version', '>', version);
	return {
		routes: rows.flatMap(({ address, ...rest }) => (address === null ? [] : [{ ...rest, address }])),
		gone: rows.filter(({ address }) => address === null).map(({ host }) => host),
	};
}

/** The names of the table as it is published, with the kind and the cell of the home that each leads to. */
export async function namesOfHomes(database: Database): Promise<NameOfHome[]> {
	return database('route')
		.join('home', 'home.name', 'route.home')
		.join('cell', 'cell.name', 'home.cell')
		.whereNotNull('route.address')
		.orderBy('route.host')
		.select('route.host', 'route.home', 'home.kind', 'home.namespace', 'cell.kubeconfig as cell');
}

/** The names of the card pages and accountability sites of libraries that have, or had, branches that serve. */
export async function namesOfRoles(database: Database): Promise<NameOfRole[]> {
	const served = database('branch').whereRaw('branch.library = library.id').whereNot('stage', 'listed');
	const rows: Pick<LibraryRow, 'slug' | 'card_origin' | 'accountability_origin'>[] = await database('library')
		.whereExists(served)
		.orderBy('slug')
		.select('slug', 'card_origin', 'accountability_origin');
	return rows.flatMap(({ slug: library, card_origin, accountability_origin }): NameOfRole[] => [
		{ host: new URL(card_origin).hostname, library, role: 'card' },
		{ host: new URL(accountability_origin).hostname, library, role: 'accountability' },
	]);
}

/** Forgets versions but for the newest `keep`, and what is gone since before all that are left. */
export async function forgetRoutes(database: Database, keep: number): Promise<void> {
	const { version } = await newestRoutes(database);
	const least = version - keep;
	if (least <= 0) return;
	await database.transaction(async (transaction) => {
		await transaction('route_version').where('version', '<', least).delete();
		await transaction('route').whereNull('address').where('version', '<=', least).delete();
	});
}
