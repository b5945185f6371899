import type { Database } from './database.ts';

/** Who signs people in to the console: an OpenID provider of the platform, or of one library. */
export interface StaffProviderRow {
	id: string;
	/** Null: of the platform. */
	library: string | null;
	name: string;
	issuer: string;
	client_id: string;
	/** Sealed. */
	secret: string;
	groups_claim: string;
	scopes: string[];
	changed_at: string;
	changed_by: string;
}

/** The provider of a library, or of the platform for null. */
export async function providerOf(
	database: Database,
	library: string | null,
): Promise<StaffProviderRow | undefined> {
	return database<StaffProviderRow>('staff_provider').where({ library }).first();
}

export async function findProvider(database: Database, id: string): Promise<StaffProviderRow | undefined> {
	return database<StaffProviderRow>('staff_provider').where({ id }).first();
}

/** All of them, the platform's first. */
export async function allProviders(database: Database): Promise<StaffProviderRow[]> {
	return database<StaffProviderRow>('staff_provider').orderByRaw('library is not null, name, id').limit(200);
}

/** Keeps a provider in the place of the one before. */
export async function keepProvider(
	database: Database,
	row: Omit<StaffProviderRow, 'changed_at' | 'scopes'> & { changed_at: number; scopes: string },
): Promise<void> {
	const { id, library: _library, ...fields } = row;
	await database('staff_provider').insert(row).onConflict('id').merge(fields);
}

export async function dropProvider(database: Database, id: string): Promise<void> {
	await database('staff_provider').where({ id }).delete();
}
