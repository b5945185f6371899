import type { Database } from './database.ts';

/** Which key of ours: a library's, for one purpose, by number. */
export interface UpstreamKeyId {
	readonly library: string;
	readonly purpose: string;
	readonly number: number;
}

export interface UpstreamKeyRow extends UpstreamKeyId {
	/** The private key, sealed. */
	readonly sealed: string;
	readonly certificate: string;
}

/** A key of ours towards identity providers, or undefined while there is none of that number. */
export async function upstreamKey(
	database: Database,
	{ library, purpose, number }: UpstreamKeyId,
): Promise<UpstreamKeyRow | undefined> {
	return database<UpstreamKeyRow>('upstream_key').where({ library, purpose, number }).first();
}

/** What the sealed private key is bound to. */
export function aboutUpstreamKey({ library, purpose, number }: UpstreamKeyId): string {
	return `upstream_key/${library}/${purpose}/${number}`;
}

/** Seals every private key anew, when the bridge's secret changes. */
export async function resealUpstreamKeys(
	database: Database,
	reseal: (library: string, about: string, sealed: string) => string,
): Promise<void> {
	for (const row of await database<UpstreamKeyRow>('upstream_key').select()) {
		const { library, purpose, number, sealed } = row;
		const anew = reseal(library, aboutUpstreamKey(row), sealed);
		await database('upstream_key').where({ library, purpose, number, sealed }).update({ sealed: anew });
	}
}

/** Keeps a new one unless somebody was faster, and returns the one that is kept. */
export async function keepUpstreamKey(database: Database, row: UpstreamKeyRow): Promise<UpstreamKeyRow> {
	await database('upstream_key').insert(row).onConflict(['library', 'purpose', 'number']).ignore();
	return (await upstreamKey(database, row))!;
}
