import { accessSync, constants, existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PublicError } from '@understory/core/errors.ts';

/**
 * Makes or checks the data folder. Its port is part of every address in it (DESIGN 5.5), so a start with another one is refused in a
 * sentence. Throws `PublicError` for a folder that cannot be written to.
 */
export function openDataFolder(folder: string, port: number): void {
	try {
		makeFolder(folder);
		accessSync(folder, constants.W_OK);
		const file = join(folder, 'address.json');
		if (!existsSync(file)) writeFileSync(file, JSON.stringify({ port }), { mode: 0o600, flush: true });
		const { port: known } = JSON.parse(readFileSync(file, 'utf8')) as { port: number };
		if (known === port) return;
		const sentence = `The data in ${folder} belongs to port ${known}: its addresses carry it. Start with --port ${known}, or choose another --data folder.`;
		throw new PublicError(500, 'another_port', sentence);
	} catch (cause) {
		if (cause instanceof PublicError) throw cause;
		const { code } = cause as NodeJS.ErrnoException;
		const why =
			code === 'ENOSPC'
				? 'the disk is full'
				: code === 'ENOTDIR' || code === 'EEXIST'
					? 'there is a file in its place'
					: 'it cannot be written to';
		throw new PublicError(500, 'data_folder', `The data folder ${folder} cannot be used: ${why}.`, { cause });
	}
}

/** Makes a folder and those above it. Node's own recursive way never ends where the system says that a parent is missing that is there. */
function makeFolder(folder: string): void {
	if (existsSync(folder) && statSync(folder).isDirectory()) return;
	const above = dirname(folder);
	if (above !== folder && !existsSync(above)) makeFolder(above);
	mkdirSync(folder, { mode: 0o700 });
}
