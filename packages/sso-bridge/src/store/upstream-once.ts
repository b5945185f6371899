import type { Database } from './database.ts';

/** Something that is kept until it is asked for, once. `hash` is of what its owner holds. */
export interface OnceId {
	readonly library: string;
	readonly hash: string;
}

export async function keepOnce(
	database: Database,
	{ library, hash, sealed, expires }: OnceId & { sealed: string; expires: number },
): Promise<void> {
	await database('upstream_once').insert({ library, hash, sealed, expires_at: new Date(expires) });
}

/** Gives it out and forgets it, in one statement: however many ask at the same moment, one gets it. */
export async function takeOnce(
	database: Database,
	{ library, hash, now }: OnceId & { now: number },
): Promise<string | undefined> {
	const rows: { sealed: string; expires_at: Date }[] = await database('upstream_once')
		.where({ library, hash })
		.delete(['sealed', 'expires_at']);
	const [row] = rows;
	return row && row.expires_at.getTime() > now ? row.sealed : undefined;
}

/** Marks something as used until it could not come again. False: it was used before. */
export async function useUp(
	database: Database,
	{ library, hash, expires }: OnceId & { expires: number },
): Promise<boolean> {
	const rows = await database('upstream_used')
		.insert({ library, hash, expires_at: new Date(expires) })
		.onConflict(['library', 'hash'])
		.ignore()
		.returning('hash');
	return rows.length === 1;
}
