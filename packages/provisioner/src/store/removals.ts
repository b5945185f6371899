import type { Database } from './database.ts';

/** A copy that a home is to remove, and has not said yet that it did. */
export interface RemovalRow {
	readonly backup: string;
	/** The home it lies in. */
	readonly place: string;
	readonly branch: string;
}

/** Has what a home made of copies removed, whole or not. */
export async function wantRemoved(database: Database, rows: readonly RemovalRow[]): Promise<void> {
	if (rows.length === 0) return;
	await database('removal')
		.insert([...rows])
		.onConflict(['backup', 'place'])
		.ignore();
}

/** Writes down copies that are to be removed; they are no backups any more from then on. */
export async function removeCopies(database: Database, rows: readonly RemovalRow[]): Promise<void> {
	await wantRemoved(database, rows);
	for (const { backup, place } of rows) await database('backup').where({ id: backup, place }).delete();
}

export async function removalsOf(database: Database, branch: string): Promise<RemovalRow[]> {
	return database<RemovalRow>('removal').where({ branch });
}

export async function branchesWithRemovals(database: Database): Promise<string[]> {
	const rows: { branch: string }[] = await database('removal').distinct('branch');
	return rows.map((row) => row.branch);
}

export async function endRemoval(database: Database, { backup, place }: RemovalRow): Promise<void> {
	await database('removal').where({ backup, place }).delete();
}
