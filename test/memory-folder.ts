import { existsSync, mkdtempSync, statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const SHARED_MEMORY = '/dev/shm';
const ROOM = 2 ** 30;

/**
 * A new folder for what a test writes and throws away, in memory where the system has that and a gigabyte of room in it: waiting for
 * a disk is a third of what a branch's tests take. What is in it survives a process that is killed, as a disk does; not the power.
 */
export function memoryFolder(prefix: string): string {
	return mkdtempSync(join(hasRoom(SHARED_MEMORY) ? SHARED_MEMORY : tmpdir(), prefix));
}

function hasRoom(folder: string): boolean {
	if (!existsSync(folder)) return false;
	const { bavail, bsize } = statfsSync(folder);
	return bavail * bsize >= ROOM;
}
