import type { Database } from './database.ts';

/** A provider in a signed file: `file` is a hash of its address and the pinned key, `entity` its entity id. */
export interface ProviderId {
	readonly file: string;
	readonly entity: string;
}

/** The last good description of a provider: public, signed by the pinned key, the same for every library that named both. */
export interface ProviderRow extends ProviderId {
	/** As JSON. */
	readonly provider: string;
	readonly read_at: Date;
}

export async function keptProvider(
	database: Database,
	{ file, entity }: ProviderId,
): Promise<ProviderRow | undefined> {
	return database<ProviderRow>('upstream_provider').where({ file, entity }).first();
}

export async function keepProvider(database: Database, row: ProviderRow): Promise<void> {
	await database('upstream_provider')
		.insert(row)
		.onConflict(['file', 'entity'])
		.merge(['provider', 'read_at']);
}

export async function forgetProvider(database: Database, { file, entity }: ProviderId): Promise<void> {
	await database('upstream_provider').where({ file, entity }).delete();
}
