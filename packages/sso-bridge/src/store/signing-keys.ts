import type { Database } from './database.ts';

/** The sealed signing key of a library, or undefined while it has none. */
export async function sealedSigningKey(database: Database, library: string): Promise<string | undefined> {
	const row: { sealed: string } | undefined = await database('signing_key')
		.where({ library })
		.first('sealed');
	return row?.sealed;
}

/** Keeps a new one unless somebody was faster, and returns the one that is kept. */
export async function keepSigningKey(database: Database, library: string, sealed: string): Promise<string> {
	await database('signing_key').insert({ library, sealed }).onConflict('library').ignore();
	return (await sealedSigningKey(database, library))!;
}
