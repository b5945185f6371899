import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { BadInput } from '@understory/core/errors.ts';
import { download } from './download.ts';

/** Gives the bytes of a file of a log by its path, or null when it has none. */
export type ReadLog = (path: string) => Promise<Buffer | null>;

/** Reads a log from a folder with a downloaded year, or from its address. */
export function readerOf(place: string): ReadLog {
	const base = URL.parse(place.endsWith('/') ? place : `${place}/`);
	if (base && /^https?:$/.test(base.protocol)) return (path) => download(new URL(path, base));
	return (path) =>
		readFile(join(place, path)).catch((error: NodeJS.ErrnoException) => {
			if (error.code === 'ENOENT') return null;
			throw new BadInput(`${join(place, path)} cannot be read (${error.code}).`);
		});
}

/** Where the logs of other years are: beside this one, `…/log/2026` for `…/log/2027`. */
export function beside(place: string, vkey: string): (origin: string) => ReadLog {
	const folder = place.replace(/[^/]*\/*$/, '');
	const [asked] = vkey.split('+', 1);
	return (origin) =>
		readerOf(origin === asked ? place : `${folder}${origin.slice(origin.lastIndexOf('/') + 1)}`);
}

/** The bytes of a file that was named. Throws `BadInput` when it cannot be read. */
export function bytesOf(file: string): Promise<Buffer> {
	return readFile(file).catch((error: NodeJS.ErrnoException) => {
		throw new BadInput(`${file} cannot be read (${error.code}).`);
	});
}
