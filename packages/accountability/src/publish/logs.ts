import { join } from 'node:path';
import { type Log, type LogStorage, openLog } from '@understory/transparency-log/log.ts';
import { folderStorage } from '@understory/transparency-log/log-folder.ts';
import type { Library } from '../registers.ts';
import { keyInFile } from './log-key.ts';

/** The logs of all libraries: one a year (DESIGN 5.11), all years of a library under one key. */
export interface Logs {
	/** Opens a log, and begins it when there is none. Rejects when what is on disk is not sound. */
	open(library: Library, year: number): Promise<Log>;
	/** The bytes of one of the log's files, or null. `path` must come from `parseTilePath`, or be `checkpoint`. */
	read(library: Library, year: number, path: string): Promise<Buffer | null>;
	/** Forgets what is open, so that the next look is at the disk. */
	forget(library: Library, year: number): void;
}

/** The name of a log: its address without the scheme (C2SP tlog-checkpoint, origin). */
export function logOrigin(library: Library, year: number): string {
	return `${library.host}/log/${year}`;
}

/**
 * Keeps the logs under `folder`, a folder a library, with the library's key beside them (mode 0600). `storageIn` is where a
 * log's files go, given its folder.
 */
export function createLogs(folder: string, storageIn: (folder: string) => LogStorage = folderStorage): Logs {
	const logs = new Map<string, Promise<Log>>();

	function home(library: Library): string {
		// It comes from a signed register, and becomes a path all the same.
		if (!/^[\w-]{1,80}$/.test(library.id)) throw new TypeError('The id of a library must be a plain word.');
		return join(folder, library.id);
	}

	function place(library: Library, year: number): string {
		return join(home(library), 'log', String(year));
	}

	async function openOne(library: Library, year: number): Promise<Log> {
		const key = await keyInFile(join(home(library), 'log.key'));
		return openLog({ origin: logOrigin(library, year), key, storage: storageIn(place(library, year)) });
	}

	return {
		open(library, year) {
			const name = place(library, year);
			const known = logs.get(name);
			if (known) return known;
			const opening = openOne(library, year);
			logs.set(name, opening);
			opening.catch(() => logs.delete(name));
			return opening;
		},
		read: (library, year, path) => storageIn(place(library, year)).read(path),
		forget: (library, year) => void logs.delete(place(library, year)),
	};
}
