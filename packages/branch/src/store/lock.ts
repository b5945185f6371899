import { join } from 'node:path';
import Database from 'better-sqlite3';
import { toStoreError } from './faults.ts';

/** Holds a folder for one owner. */
export interface FolderLock {
	release(): void;
}

/**
 * Takes the folder for this process: an exclusive SQLite lock on `lock.sqlite`, which the operating system lets go when the
 * process dies, however it dies (DESIGN 5.8). Throws Unavailable `in_use` when somebody else has it, and PublicError `read_only`
 * when the folder cannot be written to.
 */
export function lockFolder(folder: string): FolderLock {
	let database: Database.Database | undefined;
	try {
		database = new Database(join(folder, 'lock.sqlite'), { timeout: 0 });
		database.pragma('journal_mode = MEMORY');
		database.exec('BEGIN EXCLUSIVE');
	} catch (error) {
		database?.close();
		throw toStoreError(error);
	}
	const held = database;
	return { release: () => void held.close() };
}
