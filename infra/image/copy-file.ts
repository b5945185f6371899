import { copyFileSync, lstatSync, mkdirSync, readlinkSync, symlinkSync } from 'node:fs';
import { dirname } from 'node:path';

/** Copies one file, or a link as the link it is, and makes the folders above it. */
export function copyFile(from: string, to: string): void {
	mkdirSync(dirname(to), { recursive: true });
	if (lstatSync(from).isSymbolicLink()) symlinkSync(readlinkSync(from), to);
	else copyFileSync(from, to);
}
