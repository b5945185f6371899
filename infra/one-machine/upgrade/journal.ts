import { existsSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { syncFolder, writeDown } from '../on-disk.ts';

/**
 * How far an upgrade is. `closing`: nothing of what is there was changed. `copied`: the copies are whole, and the new version may have written. `accepted`:
 * everything opened with the new version; there is no way back from here.
 */
export type Stage = 'closing' | 'copied' | 'accepted';

/** A branch that opened before the upgrade, and has to open after it. */
export interface OpenBranch {
	readonly home: string;
	readonly branch: string;
}

/** What is written down of an upgrade before each of its steps. */
export interface Journal {
	readonly stage: Stage;
	/** Folders of the version that was there and of the one that is to be. */
	readonly from: string;
	readonly to: string;
	readonly opened: readonly OpenBranch[];
	/** Was Litestream copying? Then it begins again, once it is decided what there is to copy. */
	readonly litestream: boolean;
}

const fileIn = (folder: string): string => join(folder, 'journal.json');
/** Leads to the version that began it: after a power cut its program carries the upgrade on, and not one that nobody has tried yet. */
const programIn = (folder: string): string => join(folder, 'from');

/** The upgrade that is under way, or was broken off; null when there is none. */
export function readJournal(folder: string): Journal | null {
	const file = fileIn(folder);
	return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as Journal) : null;
}

/** Writes down that an upgrade begins. */
export function beginJournal(folder: string, journal: Journal): void {
	rmSync(programIn(folder), { force: true });
	symlinkSync(journal.from, programIn(folder));
	writeJournal(folder, journal);
}

/** Is on the disk when it returns, whole or not at all. */
export function writeJournal(folder: string, journal: Journal): void {
	writeDown(fileIn(folder), journal);
}

export function endJournal(folder: string): void {
	rmSync(fileIn(folder), { force: true });
	rmSync(programIn(folder), { force: true });
	syncFolder(folder);
}
