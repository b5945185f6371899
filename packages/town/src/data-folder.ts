import { existsSync, mkdirSync, readFileSync, renameSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { PublicError } from '@understory/core/errors.ts';
import type { TownFile } from './town-file.ts';

/**
 * Makes or checks the data folder. Its port is part of every address in it (DESIGN 5.5), so a start with another one is refused in a
 * sentence. Throws `PublicError` for a folder that cannot be written to.
 */
export function openDataFolder(folder: string, port: number): void {
	try {
		makeFolder(folder);
		const file = join(folder, 'address.json');
		if (!existsSync(file)) writeWhole(file, JSON.stringify({ port }));
		const { port: known } = JSON.parse(readFileSync(file, 'utf8')) as { port: number };
		if (known !== port) throw anotherPort(folder, known);
		// Whoever waits for this file must not take an earlier start's for this one's. Writing it also shows that writing works.
		unready(folder);
	} catch (cause) {
		throw toDataFault(folder, cause);
	}
}

/** Makes a folder and those above it. Node's own recursive way never ends where the system says that a parent is missing that is there. */
function makeFolder(folder: string): void {
	if (existsSync(folder) && statSync(folder).isDirectory()) return;
	const above = dirname(folder);
	if (above !== folder && !existsSync(above)) makeFolder(above);
	mkdirSync(folder, { mode: 0o700 });
}

/** Writes `town.json`: the town is up. Throws `PublicError` when it cannot be written. */
export function announce(folder: string, file: TownFile): void {
	try {
		writeWhole(join(folder, 'town.json'), `${JSON.stringify(file, null, '\t')}\n`);
	} catch (cause) {
		throw toDataFault(folder, cause);
	}
}

/** Says in `town.json` that the town is not up; the rest of it stays as it was. */
export function unready(folder: string): void {
	const file = join(folder, 'town.json');
	let known: object = {};
	if (existsSync(file)) {
		try {
			known = JSON.parse(readFileSync(file, 'utf8')) as object;
		} catch (error) {
			if (!(error instanceof SyntaxError)) throw error;
		}
	}
	writeWhole(file, `${JSON.stringify({ ...known, ready: false }, null, '\t')}\n`);
}

/** Writes a text so that after a crash it is the old or the new one, whole. */
export function writeWhole(file: string, text: string): void {
	writeFileSync(`${file}.new`, text, { mode: 0o600, flush: true });
	renameSync(`${file}.new`, file);
}

function anotherPort(folder: string, known: number): PublicError {
	const sentence = `The data in ${folder} belongs to port ${known}: its addresses carry it. Start with --port ${known}, or choose another --data folder.`;
	return new PublicError(500, 'another_port', sentence);
}

function toDataFault(folder: string, cause: unknown): PublicError {
	if (cause instanceof PublicError) return cause;
	if (cause instanceof SyntaxError) {
		const sentence = `The file address.json in ${folder} is damaged. Write {"port": 4000} into it, with the port this town has always had.`;
		return new PublicError(500, 'data_folder', sentence, { cause });
	}
	const { code } = cause as NodeJS.ErrnoException;
	const why =
		code === 'ENOSPC' || code === 'EDQUOT'
			? 'the disk is full'
			: code === 'ENOTDIR' || code === 'EEXIST'
				? 'there is a file in its place'
				: 'it cannot be written to';
	return new PublicError(500, 'data_folder', `The data folder ${folder} cannot be used: ${why}.`, { cause });
}
