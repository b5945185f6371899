import { existsSync, lstatSync, mkdirSync, readdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runProgram } from './program.ts';

/** Bytes of all files below a folder. */
export function bytesBelow(folder: string): number {
	return readdirSync(folder, { recursive: true, withFileTypes: true })
		.filter((entry) => entry.isFile())
		.reduce((sum, entry) => sum + lstatSync(join(entry.parentPath, entry.name)).size, 0);
}

/**
 * Copies what the roles keep, with owners and times, and has it on the disk when it returns. The copying ends with this process, however that ends:
 * what cleans up after it must not find it still writing.
 */
export function copyFolders(state: string, copies: string): void {
	rmSync(copies, { recursive: true, force: true });
	mkdirSync(copies, { mode: 0o700 });
	const tied = ['setpriv', '--pdeathsig', 'KILL', '--'];
	runProgram([...tied, 'cp', '--archive', '--reflink=auto', `${state}/.`, copies]);
	runProgram(['sync', '--file-system', copies]);
}

/**
 * Puts the copies in the place of what is there now, which is gone then. May be repeated: what has no copy any more has been put back.
 */
export function restoreFolders(state: string, copies: string): void {
	if (!existsSync(copies)) return;
	for (const name of readdirSync(copies)) {
		rmSync(join(state, name), { recursive: true, force: true });
		renameSync(join(copies, name), join(state, name));
	}
	runProgram(['sync', '--file-system', state]);
}

export function dropFolders(copies: string): void {
	rmSync(copies, { recursive: true, force: true });
}
