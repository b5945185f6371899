import { randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { Conflict } from '@understory/core/errors.ts';

/**
 * Writes a key into a file that only its owner reads, whole or not at all. Writes nothing over what is there: throws `Conflict` with a sentence when
 * the file holds anything else than this very key.
 */
export function writeKey(file: string, text: string): void {
	mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
	const draft = `${file}.${randomUUID()}`;
	writeFileSync(draft, text, { mode: 0o600, flag: 'wx', flush: true });
	try {
		linkSync(draft, file);
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
		refuseOther(file, text);
	} finally {
		rmSync(draft, { force: true });
	}
}

/** Throws `Conflict` when a file is there and holds anything else than this. */
export function refuseOther(file: string, text: string): void {
	let kept: string;
	try {
		kept = readFileSync(file, 'utf8');
	} catch (error) {
		if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
		throw error;
	}
	if (kept !== text)
		throw new Conflict(`There is another ${file} already, and nothing is written over it.`, 'file_there');
}
