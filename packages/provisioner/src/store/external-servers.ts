import type { ExternalDocument } from '@understory/core/external-server.ts';
import type { Database, Transaction } from './database.ts';

/** A server that a library runs besides its branches, as a row. Times are UTC milliseconds; PostgreSQL hands them out as texts. */
export interface ExternalServerRow {
	readonly id: string;
	readonly library: string;
	readonly host: string;
	readonly origin: string;
	/** What the library calls it. */
	readonly name: string;
	readonly added_at: string;
	readonly added_by: string;
	/** When it could be read last. */
	readonly read_at: string;
	readonly next_check: string;
	/** Since when it cannot be read, and why at the last try; null while it can. */
	readonly failing_since: string | null;
	readonly fault: string | null;
}

export interface ExternalVersionRow {
	readonly server: string;
	readonly version: number;
	readonly sha256: string;
	readonly document: ExternalDocument;
	readonly read_at: string;
}

/** The servers of a library, by name. */
export async function externalServers(database: Database, library: string): Promise<ExternalServerRow[]> {
	return database<ExternalServerRow>('external_server')
		.where({ library })
		.whereNull('removed_at')
		.orderBy(['name', 'host', 'id']);
}

export async function findExternalServer(
	database: Database,
	library: string,
	id: string,
): Promise<ExternalServerRow | undefined> {
	return database<ExternalServerRow>('external_server')
		.where({ library, id })
		.whereNull('removed_at')
		.first();
}

/** Those that nobody has looked at since a moment, the longest wait first. */
export async function dueExternalServers(
	database: Database,
	now: number,
	most: number,
): Promise<ExternalServerRow[]> {
	return database<ExternalServerRow>('external_server')
		.where('next_check', '<=', now)
		.whereNull('removed_at')
		.orderBy(['next_check', 'id'])
		.limit(most);
}

/** Adds one, or takes up again one that was taken away, with its versions; its id, or null when the library has it already. */
export async function addExternalServer(
	transaction: Transaction,
	row: Pick<ExternalServerRow, 'id' | 'library' | 'host' | 'origin' | 'name' | 'added_by'> & {
		readonly added_at: number;
		readonly read_at: number;
		readonly next_check: number;
	},
): Promise<string | null> {
	const { id: _id, ...again } = row;
	const added: { id: string }[] = await transaction('external_server')
		.insert(row)
		.onConflict(['library', 'host'])
		.merge({ ...again, failing_since: null, fault: null, removed_at: null })
		.whereNotNull('external_server.removed_at')
		.returning('id');
	return added[0]?.id ?? null;
}

/** Keeps how a look at it went; false when it was taken away meanwhile. */
export async function keepLook(
	database: Database,
	id: string,
	look: Partial<Record<'read_at' | 'next_check' | 'failing_since', number | null>> & {
		readonly fault: string | null;
	},
): Promise<boolean> {
	return (await database('external_server').where({ id }).update(look)) > 0;
}

/** Takes one off the list; false when it was not there. Its versions stay, and count on when it comes again. */
export async function removeExternalServer(
	database: Database,
	{ library, id, at }: { readonly library: string; readonly id: string; readonly at: number },
): Promise<boolean> {
	const query = database('external_server').where({ library, id }).whereNull('removed_at');
	return (await query.update({ removed_at: at })) > 0;
}

/** The newest versions of what a server said, the newest first. */
export async function externalVersions(
	database: Database,
	server: string,
	most: number,
): Promise<ExternalVersionRow[]> {
	return database<ExternalVersionRow>('external_version')
		.where({ server })
		.orderBy('version', 'desc')
		.limit(most);
}

/** Keeps what a server said, when that is another than before; the version, or null when it is not. Holds the server until the transaction ends. */
export async function keepVersion(
	transaction: Transaction,
	said: {
		readonly server: string;
		readonly sha256: string;
		readonly document: ExternalDocument;
		readonly read_at: number;
	},
): Promise<number | null> {
	const held = await transaction('external_server').where({ id: said.server }).forUpdate().first('id');
	if (!held) return null;
	const [newest] = await externalVersions(transaction, said.server, 1);
	if (newest?.sha256 === said.sha256) return null;
	const version = (newest?.version ?? 0) + 1;
	await transaction('external_version').insert({ ...said, version, document: JSON.stringify(said.document) });
	return version;
}
