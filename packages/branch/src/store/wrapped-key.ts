import Database from 'better-sqlite3';
import { toStoreError } from './faults.ts';

/** The wrapped data key in an SQLite file that nobody has open; nothing is migrated. Throws PublicError as opening does. */
export function readWrappedKey(file: string): string | undefined {
	return within(file, { readonly: true }, (database) => {
		const row = database.prepare("SELECT value FROM setting WHERE key = 'data_key'").get() as
			| { value: string }
			| undefined;
		return row && (JSON.parse(row.value) as string);
	});
}

/** Puts another one in its place, everything into the one file. */
export function writeWrappedKey(file: string, wrapped: string): void {
	within(file, {}, (database) => {
		database.pragma('synchronous = FULL');
		database.prepare("UPDATE setting SET value = ? WHERE key = 'data_key'").run(JSON.stringify(wrapped));
		database.pragma('wal_checkpoint(TRUNCATE)');
	});
}

function within<T>(file: string, how: Database.Options, act: (database: Database.Database) => T): T {
	let database: Database.Database | undefined;
	try {
		database = new Database(file, { fileMustExist: true, timeout: 2000, ...how });
		return act(database);
	} catch (error) {
		throw toStoreError(error);
	} finally {
		database?.close();
	}
}
