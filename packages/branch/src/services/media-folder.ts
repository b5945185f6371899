import {
	createWriteStream,
	existsSync,
	mkdirSync,
	readdirSync,
	readFileSync,
	renameSync,
	rmSync,
	statSync,
	writeFileSync,
} from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { toFolderError } from '../folder.ts';
import { syncFolder } from '../folder-card.ts';

/** What is still being written begins with this, and is no file of ours before it has another name. */
const INCOMING = 'incoming-';

/** Is this the name of something that is still being written? */
export function isIncoming(name: string): boolean {
	return name.startsWith(INCOMING);
}

/** The folder `media/` of a branch. Names are ours, never those somebody gave. */
export interface MediaFolder {
	/** Where a file lies. */
	pathOf(name: string): string;
	/** A path to write to, that nobody takes for a file of ours. */
	incoming(id: string): string;
	/** Writes what comes in to such a path. Throws PublicError `disk_full`, and what the stream throws; leaves nothing then. */
	receive(stream: Readable, path: string): Promise<void>;
	/** Makes an incoming file one of ours, on the disk for good. */
	adopt(path: string, name: string): Promise<void>;
	/** A whole file; null when it is not there. */
	read(name: string): Buffer | null;
	/** Puts a file back that was taken out, on the disk for good. */
	putBack(name: string, bytes: Buffer): void;
	/** Takes a file away; when it is not there, that is how it should be. */
	remove(path: string): void;
	/** Names of everything in it, and when it was last written, UTC milliseconds. */
	list(): { readonly name: string; readonly at: number }[];
}

/** The media of the branch in this folder. */
export function createMediaFolder(folder: string): MediaFolder {
	const pathOf = (name: string) => {
		if (!/^[A-Za-z0-9-]+(\.[a-z0-9]+)?$/.test(name)) throw new TypeError('That is no name of a file here.');
		return join(folder, name);
	};
	return {
		pathOf,
		incoming: (id) => join(folder, `${INCOMING}${id}`),
		async receive(stream, path) {
			mkdirSync(folder, { recursive: true, mode: 0o700 });
			try {
				await pipeline(stream, createWriteStream(path, { mode: 0o600 }));
			} catch (error) {
				rmSync(path, { force: true });
				throw toFolderError(error);
			}
		},
		async adopt(path, name) {
			const handle = await open(path, 'r+');
			await handle.sync().finally(() => handle.close());
			renameSync(path, pathOf(name));
			syncFolder(folder);
		},
		read: (name) => (existsSync(pathOf(name)) ? readFileSync(pathOf(name)) : null),
		putBack(name, bytes) {
			mkdirSync(folder, { recursive: true, mode: 0o700 });
			const path = join(folder, `${INCOMING}${name}`);
			writeFileSync(path, bytes, { mode: 0o600, flush: true });
			renameSync(path, pathOf(name));
			syncFolder(folder);
		},
		remove: (path) => rmSync(path, { force: true }),
		list() {
			mkdirSync(folder, { recursive: true, mode: 0o700 });
			return readdirSync(folder).map((name) => ({ name, at: statSync(join(folder, name)).mtimeMs }));
		},
	};
}
