import { closeSync, fsyncSync, openSync } from 'node:fs';

/** Has on the disk which names are in a folder. */
export function syncFolder(folder: string): void {
	const opened = openSync(folder, 'r');
	try {
		fsyncSync(opened);
	} finally {
		closeSync(opened);
	}
}
