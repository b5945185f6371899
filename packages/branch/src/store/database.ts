import { existsSync, writeFileSync } from 'node:fs';
import { PublicError } from '@understory/core/errors.ts';
import Database from 'better-sqlite3';
import { toStoreError } from './faults.ts';
import { MIGRATIONS, SCHEMA } from './migrations.ts';

/** How a file was found when it was opened. */
export interface OpenedDatabase {
	readonly database: Database.Database;
	/** How many migrations had to run; 0 when the file was current. */
	readonly migrated: number;
}

/**
 * Opens `branch.sqlite`: WAL, foreign keys, `synchronous=FULL` (DESIGN 4.1, 5.8). Looks at `user_version` and runs migrations only
 * when it is older. Throws PublicError `damaged`, `read_only`, `in_use`, or `newer_schema`.
 */
export function openDatabase(file: string, options: { create: boolean }): OpenedDatabase {
	let database: Database.Database | undefined;
	try {
		const isNew = options.create && !existsSync(file);
		if (isNew) writeFileSync(file, emptyBranch(), { flag: 'wx', mode: 0o644 });
		database = new Database(file, { fileMustExist: !options.create, timeout: 2000 });
		// Asked first: setting the journal mode would already write to the file.
		if (!options.create && version(database) === 0) throw new PublicError(503, 'damaged', EMPTY);
		database.pragma('journal_mode = WAL');
		database.pragma('synchronous = FULL');
		database.pragma('foreign_keys = ON');
		database.pragma('temp_store = MEMORY');
		database.pragma('cache_size = -1024');
		const migrated = migrate(database);
		return { database, migrated: isNew ? MIGRATIONS.length : migrated };
	} catch (error) {
		database?.close();
		throw toStoreError(error);
	}
}

/** Of which schema a file is now, read beside whoever has it open and without changing it. Throws PublicError as opening does. */
export function schemaOf(file: string): number {
	let database: Database.Database | undefined;
	try {
		database = new Database(file, { readonly: true, fileMustExist: true, timeout: 2000 });
		return version(database);
	} catch (error) {
		throw toStoreError(error);
	} finally {
		database?.close();
	}
}

const EMPTY = 'The file of this branch is empty. Library IT has to restore it from a backup.';

function version(database: Database.Database): number {
	return Number(database.pragma('user_version', { simple: true }));
}

let empty: Buffer | null = null;

/** The bytes of a file on which every migration ran and nothing else: they are the same for each branch, and running them anew takes 30 ms. */
function emptyBranch(): Buffer {
	if (empty) return empty;
	const database = new Database(':memory:');
	migrate(database);
	empty = database.serialize();
	database.close();
	return empty;
}

function migrate(database: Database.Database): number {
	const from = version(database);
	if (from === SCHEMA) return 0;
	if (from > SCHEMA) {
		throw new PublicError(
			503,
			'newer_schema',
			'This branch was last opened by a newer Understory. Upgrade the home before opening it here.',
			{ detail: `schema ${from}, known ${SCHEMA}` },
		);
	}
	const due = MIGRATIONS.filter((migration) => migration.version > from);
	// A new file has nothing to lose halfway, and each transaction waits for the disk: a town's first start makes twenty of them.
	const steps = from === 0 ? [due] : due.map((migration) => [migration]);
	for (const step of steps) {
		database.transaction(() => {
			for (const { sql } of step) database.exec(sql);
			database.pragma(`user_version = ${step.at(-1)!.version}`);
		})();
	}
	return due.length;
}
