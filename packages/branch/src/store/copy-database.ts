import Database from 'better-sqlite3';
import { toStoreError } from './faults.ts';

/**
 * Copies an SQLite file as it is at one moment, a few pages at a time, while others write to it (https://sqlite.org/backup.html). The moment
 * is held by a transaction that reads: without it each write of another connection would begin the copy anew. Answers of which schema it is.
 * Throws PublicError as opening does.
 */
export async function copyDatabase(from: string, to: string): Promise<number> {
	let source: Database.Database | undefined;
	try {
		source = new Database(from, { fileMustExist: true, timeout: 2000 });
		source.exec('BEGIN');
		source.prepare('SELECT count(*) FROM sqlite_schema').get();
		const schema = Number(source.pragma('user_version', { simple: true }));
		await source.backup(to);
		return schema;
	} catch (error) {
		throw toStoreError(error);
	} finally {
		source?.close();
	}
}

/** What is wrong with the pages and references of an SQLite file; null when nothing is. */
export function faultIn(database: Database.Database): string | null {
	const integrity = database.pragma('integrity_check(1)', { simple: true });
	if (integrity !== 'ok') return String(integrity);
	const [loose] = database.pragma('foreign_key_check') as { table: string }[];
	return loose ? `a row of ${loose.table} refers to nothing` : null;
}
