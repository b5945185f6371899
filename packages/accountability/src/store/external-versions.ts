import type { ExternalDocument, ExternalRecord, ExternalVersion } from '@understory/core/external-server.ts';
import type { Db } from './database.ts';

/** A version of what a server said, and of which server. */
export interface KeptExternalVersion extends ExternalVersion {
	readonly host: string;
}

/** Keeps the versions of a register, so that each keeps its address when the register carries it no more. */
export async function keepExternalVersions(
	db: Db,
	libraryId: string,
	servers: readonly ExternalRecord[],
): Promise<void> {
	const rows = servers.flatMap(({ host, versions }) =>
		versions.map(({ version, read_on, sha256, document }) => ({
			...{ library_id: libraryId, host, version, read_on, sha256 },
			document: JSON.stringify(document),
		})),
	);
	if (rows.length === 0) return;
	await db('external_versions').insert(rows).onConflict(['library_id', 'host', 'version']).ignore();
}

/** Every version of what a server said that was ever in the register, the newest first; of all servers where none is named. */
export async function externalVersions(
	db: Db,
	libraryId: string,
	host?: string,
): Promise<KeptExternalVersion[]> {
	const query = db('external_versions').where({ library_id: libraryId });
	if (host !== undefined) query.where({ host });
	const rows = await query
		.orderBy(['host', { column: 'version', order: 'desc' }])
		.select<(Omit<KeptExternalVersion, 'document'> & { document: string })[]>(
			...['host', 'version', 'read_on', 'sha256', 'document'],
		);
	return rows.map((row) => ({ ...row, document: JSON.parse(row.document) as ExternalDocument }));
}
