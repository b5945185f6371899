import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Conflict } from '@understory/core/errors.ts';

/**
 * Takes a folder for this process, and answers with what lets it go. The lock is SQLite's own, which the operating system lets go when the
 * process dies, however it dies. Throws `Conflict` when another process has the folder.
 */
export function holdFolder(folder: string): () => void {
	const database = new DatabaseSync(join(folder, 'lock.sqlite'), { timeout: 0 });
	try {
		database.exec('pragma journal_mode = memory; begin exclusive');
	} catch (cause) {
		database.close();
		throw new Conflict(`Another process works in ${folder}, or it cannot be written to.`, 'in_use', {
			cause,
		});
	}
	return () => database.close();
}
