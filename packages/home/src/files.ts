import { randomBytes } from 'node:crypto';
import {
	closeSync,
	existsSync,
	fsyncSync,
	mkdirSync,
	openSync,
	readdirSync,
	readFileSync,
	renameSync,
	writeSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { exportKey, generateKey, importKey, type SigningKey } from '@understory/transparency-log/keys.ts';

/** Writes a text so that after a crash it is the old or the new one, whole. */
export function writeWhole(file: string, text: string, mode = 0o600): void {
	mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
	const fresh = `${file}.new`;
	const handle = openSync(fresh, 'w', mode);
	try {
		writeSync(handle, text);
		fsyncSync(handle);
	} finally {
		closeSync(handle);
	}
	renameSync(fresh, file);
}

/** The text of a file, or null when there is none. */
export function readWhole(file: string): string | null {
	return existsSync(file) ? readFileSync(file, 'utf8') : null;
}

/** Every text in a folder with this ending. */
export function readAll(folder: string, ending: string): string[] {
	if (!existsSync(folder)) return [];
	return readdirSync(folder)
		.filter((name) => name.endsWith(ending))
		.map((name) => readFileSync(join(folder, name), 'utf8'));
}

/** The signing key of this role, made at the first call. */
export function roleKey(file: string): SigningKey {
	if (!existsSync(file)) writeWhole(file, exportKey(generateKey()));
	return importKey(readFileSync(file, 'utf8'));
}

/** The 32 bytes that wrap the data key of each branch, made at the first call. Losing them loses every folder's sealed parts. */
export function sealingKey(file: string): Buffer {
	if (!existsSync(file)) writeWhole(file, randomBytes(32).toString('base64'));
	return Buffer.from(readFileSync(file, 'utf8'), 'base64');
}
