import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Has on the disk which names are in a folder. */
export function syncFolder(folder: string): void {
	const opened = openSync(folder, 'r');
	try {
		fsyncSync(opened);
	} finally {
		closeSync(opened);
	}
}

/** Writes a value down where root alone reads it; on the disk when it returns, whole or not at all. */
export function writeDown(file: string, value: object): void {
	writeFileSync(`${file}.new`, `${JSON.stringify(value)}\n`, { mode: 0o600, flush: true });
	renameSync(`${file}.new`, file);
	syncFolder(dirname(file));
}

/** Takes it away again, so that no power cut brings it back. */
export function takeAway(file: string): void {
	rmSync(file, { force: true });
	syncFolder(dirname(file));
}
