import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { PublicError } from '@understory/core/errors.ts';

/** `branch.json`: what a folder says about itself before its database is opened. */
export interface FolderCard {
	readonly type: 'understory/branch-folder/v1';
	/** Branch id. */
	readonly id: string;
	readonly library: string;
	/** Scheme, host and port; stored when the branch was made and never derived again (DESIGN 5.5). */
	readonly origin: string;
	/** Must equal the signed desired document's, so that a copied folder cannot federate twice (DESIGN 5.8). */
	readonly epoch: number;
	/** Of the last desired document that was applied. */
	readonly generation: number;
	readonly schema: number;
	/** UTC milliseconds. */
	readonly made: number;
}

/** Reads the card; null when there is none. Throws PublicError `damaged` when it cannot be read. */
export function readCard(folder: string): FolderCard | null {
	let text: string;
	try {
		text = readFileSync(join(folder, 'branch.json'), 'utf8');
	} catch (error) {
		if (isErrno(error, 'ENOENT') || isErrno(error, 'ENOTDIR')) return null;
		throw error;
	}
	const card = parse(text);
	if (card) return card;
	throw new PublicError(
		503,
		'damaged',
		'The file branch.json of this branch is damaged. Library IT has to restore it from a backup.',
	);
}

/** Writes the card so that a reader sees the old one or the new one, and the new one survives a loss of power. */
export function writeCard(folder: string, card: FolderCard): void {
	const fresh = join(folder, 'branch.json.new');
	writeDurably(fresh, `${JSON.stringify(card, null, '\t')}\n`);
	renameSync(fresh, join(folder, 'branch.json'));
	syncFolder(folder);
}

/** Makes what was renamed into a folder durable. */
export function syncFolder(folder: string): void {
	const handle = openSync(folder, 'r');
	try {
		fsyncSync(handle);
	} finally {
		closeSync(handle);
	}
}

/** Is this a fault of the file system with this code? */
export function isErrno(error: unknown, code: string): boolean {
	return error instanceof Error && 'code' in error && error.code === code;
}

/** Writes a file that survives a loss of power. */
export function writeDurably(file: string, text: string): void {
	const handle = openSync(file, 'w', 0o600);
	try {
		writeSync(handle, text);
		fsyncSync(handle);
	} finally {
		closeSync(handle);
	}
}

function parse(text: string): FolderCard | null {
	let card: Partial<FolderCard> | null;
	try {
		card = JSON.parse(text) as Partial<FolderCard> | null;
	} catch (error) {
		if (error instanceof SyntaxError) return null;
		throw error;
	}
	const good =
		card?.type === 'understory/branch-folder/v1' &&
		typeof card.id === 'string' &&
		typeof card.library === 'string' &&
		typeof card.origin === 'string' &&
		[card.epoch, card.generation, card.schema, card.made].every(Number.isSafeInteger);
	return good ? (card as FolderCard) : null;
}
