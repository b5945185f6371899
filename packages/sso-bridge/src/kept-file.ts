import { randomUUID } from 'node:crypto';
import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a file for its owner only, whole or not at all. */
export function keepFile(file: string, text: string): void {
	mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
	const fresh = `${file}.${randomUUID()}`;
	writeFileSync(fresh, text, { mode: 0o600, flush: true });
	renameSync(fresh, file);
}
