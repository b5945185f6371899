import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * That a machine is being left, beside its settings. While it is there the services do not start, also not after the machine was switched off and on. The key
 * of what is carried lies in it and nowhere else, until it is handed over.
 */
export interface Note {
	readonly stage: 'packing' | 'packed' | 'handed_over';
	/** Of this carriage. */
	readonly id: string;
	/** Where it is packed. */
	readonly to: string;
	/** 32 bytes in base64. */
	readonly key: string;
}

/** Its name; the units of the services look for it. */
export const NOTE = 'leaving.json';

export function readNote(settings: string): Note | null {
	const file = join(settings, NOTE);
	return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Note) : null;
}

export function writeNote(settings: string, note: Note): void {
	const file = join(settings, NOTE);
	writeFileSync(`${file}.new`, `${JSON.stringify(note)}\n`, { mode: 0o600, flush: true });
	renameSync(`${file}.new`, file);
}

export function removeNote(settings: string): void {
	rmSync(join(settings, NOTE), { force: true });
}
