import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { takeAway, writeDown } from '../on-disk.ts';

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

/** Is on the disk when it returns: that the key was handed over stands written before anybody sees it, whatever happens then. */
export function writeNote(settings: string, note: Note): void {
	writeDown(join(settings, NOTE), note);
}

export function removeNote(settings: string): void {
	takeAway(join(settings, NOTE));
}
