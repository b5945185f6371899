import { join } from 'node:path';
import type { SigningKey } from '@understory/transparency-log/keys.ts';
import { beginLog, type Log, type LogStorage, openLog } from '@understory/transparency-log/log.ts';
import { folderStorage } from '@understory/transparency-log/log-folder.ts';
import { formatVkey } from '@understory/transparency-log/note.ts';
import type { Library } from '../registers.ts';
import { keyInFile } from './log-key.ts';

/** The logs of all libraries: one a year (DESIGN 5.11), all years of a library under one key. */
export interface Logs {
	/** Opens a log to read it. Rejects when there is none, or when what is on disk is not sound. */
	open(library: Library, year: number): Promise<Log>;
	/** Opens a log to write to it, from what is on disk now, and begins it when there is none. Only under the library's lock. */
	write(library: Library, year: number): Promise<Log>;
	/** The key that signs a library's logs. Made when there is none. */
	key(library: Library): Promise<SigningKey>;
	/** What a library's log of a year is checked with, as it is published. */
	vkey(library: Library, year: number): Promise<string>;
	/** How many entries the checkpoint on disk covers; null when there is none. */
	size(library: Library, year: number): Promise<number | null>;
	/** The bytes of one of the log's files, or null. `path` must come from `parseTilePath`, or be `checkpoint`. */
	read(library: Library, year: number, path: string): Promise<Buffer | null>;
	/** Where the files of a log are kept. */
	storage(library: Library, year: number): LogStorage;
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

	function key(library: Library): Promise<SigningKey> {
		return keyInFile(join(home(library), 'log.key'));
	}

	async function parts(library: Library, year: number) {
		const storage = storageIn(place(library, year));
		return { origin: logOrigin(library, year), key: await key(library), storage };
	}

	function keep(name: string, opening: Promise<Log>): Promise<Log> {
		logs.set(name, opening);
		opening.catch(() => {
			if (logs.get(name) === opening) logs.delete(name);
		});
		return opening;
	}

	return {
		open(library, year) {
			const name = place(library, year);
			return logs.get(name) ?? keep(name, parts(library, year).then(openLog));
		},
		write: (library, year) => keep(place(library, year), parts(library, year).then(beginLog)),
		key,
		vkey: async (library, year) => formatVkey({ name: logOrigin(library, year), key: await key(library) }),
		async size(library, year) {
			const note = await storageIn(place(library, year)).read('checkpoint');
			return note && Number(note.toString('utf8').split('\n')[1]);
		},
		read: (library, year, path) => storageIn(place(library, year)).read(path),
		storage: (library, year) => storageIn(place(library, year)),
		forget: (library, year) => void logs.delete(place(library, year)),
	};
}
