import type { SigningKey } from './keys.ts';
import { BadNote, openNote, parseVkey, signNote } from './note.ts';
import { HASH_SIZE } from './tree.ts';

/** What a log says of itself at one moment (C2SP tlog-checkpoint v1.0.0). */
export interface Checkpoint {
	/** A URL without its scheme: which log this is. */
	readonly origin: string;
	/** Number of entries. */
	readonly size: number;
	readonly root: Buffer;
}

/** The signed note of a checkpoint; the signing key goes by the name of the origin. */
export function signCheckpoint(checkpoint: Checkpoint, key: SigningKey): string {
	const text = `${checkpoint.origin}\n${checkpoint.size}\n${checkpoint.root.toString('base64')}\n`;
	return signNote(text, checkpoint.origin, key);
}

/**
 * Opens a checkpoint that must be signed by this vkey and be of the log of its name. Throws BadNote otherwise. Extension
 * lines are allowed and passed over, as the specification says.
 */
export function openCheckpoint(note: string | Uint8Array, vkey: string): Checkpoint {
	const verifier = parseVkey(vkey);
	const checkpoint = parseCheckpoint(openNote(note, [verifier]).text);
	if (checkpoint.origin !== verifier.name) throw new BadNote('This checkpoint is of another log.');
	return checkpoint;
}

/** The name of the log that a note says it is a checkpoint of, as its first line; nothing of it is checked. */
export function originOf(note: string | Uint8Array): string {
	return Buffer.from(note).toString('utf8').split('\n', 1)[0]!;
}

/** Reads the text of a checkpoint whose signature was checked. Throws BadNote when it is not one. */
export function parseCheckpoint(text: string): Checkpoint {
	const lines = text.split('\n');
	const [origin = '', size = '', root = '', ...more] = lines.slice(0, -1);
	const hash = Buffer.from(root, 'base64');
	const sound =
		lines.at(-1) === '' &&
		origin !== '' &&
		/^(0|[1-9]\d*)$/.test(size) &&
		Number.isSafeInteger(Number(size)) &&
		hash.length === HASH_SIZE &&
		hash.toString('base64') === root &&
		!more.includes('');
	if (!sound) throw new BadNote('This is not a checkpoint.');
	return { origin, size: Number(size), root: hash };
}
