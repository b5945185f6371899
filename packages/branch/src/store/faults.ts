import { PublicError, Unavailable } from '@understory/core/errors.ts';
import Database from 'better-sqlite3';

/** Is this one of SQLite's own faults? */
export function isSqliteFault(error: unknown): error is InstanceType<typeof Database.SqliteError> {
	return error instanceof Database.SqliteError;
}

/**
 * What a fault of the file means for the people who use the branch: damaged, full, read-only and in use are told apart, since
 * library IT mends each in another way. Anything else comes back as it was (a mistake of ours).
 */
export function toStoreError(error: unknown): unknown {
	if (!isSqliteFault(error)) return error;
	const parts = { detail: `sqlite ${error.code}`, cause: error };
	const code = error.code;
	if (code.startsWith('SQLITE_CORRUPT') || code === 'SQLITE_NOTADB' || code === 'SQLITE_FORMAT') {
		return new PublicError(
			503,
			'damaged',
			'The file of this branch is damaged. Nothing is served from it until library IT restores it from a backup.',
			parts,
		);
	}
	if (code === 'SQLITE_FULL' || code === 'SQLITE_IOERR_WRITE' || code === 'SQLITE_IOERR_SHMSIZE') {
		return new PublicError(
			507,
			'disk_full',
			'The disk of this branch is full, so nothing new can be kept now. What is already here is safe.',
			parts,
		);
	}
	if (code.startsWith('SQLITE_READONLY') || code.startsWith('SQLITE_CANTOPEN') || code === 'SQLITE_PERM') {
		return new PublicError(
			503,
			'read_only',
			'The folder of this branch cannot be written to. Library IT has to give the home write access to it.',
			parts,
		);
	}
	if (code.startsWith('SQLITE_BUSY') || code.startsWith('SQLITE_LOCKED')) {
		return new Unavailable('The folder of this branch is in use by another process.', 'in_use', parts);
	}
	return error;
}
