import { type SigningKey, signBytes, verifyBytes } from './keys.ts';
import {
	BadNote,
	isBy,
	lineOf,
	type NoteSignature,
	type NoteVerifier,
	readNote,
	signatureLine,
} from './note.ts';

/** Who else saw a checkpoint, and when (C2SP tlog-cosignature v1.0.1, Ed25519). */
export interface Cosignature {
	readonly witness: NoteVerifier;
	/** Seconds since 1970, by the witness's own clock. */
	readonly time: number;
}

/** Eight bytes of time and 64 of signature. */
const LENGTH = 72;

/**
 * The line with which a witness says: at this time this was the largest tree I saw of this log, and it grew out of those before. `text` is a
 * checkpoint without its signatures, `time` is in seconds since 1970. Throws BadNote for a name that cannot be in a note.
 */
export function cosign(text: string, witness: { name: string; key: SigningKey }, time: number): string {
	const stamped = Buffer.alloc(8);
	stamped.writeBigUInt64BE(BigInt(time));
	const signature = signBytes(witness.key, message(text, BigInt(time)));
	return signatureLine(witness, 'cosignature', Buffer.concat([stamped, signature]));
}

/**
 * Which of the known witnesses cosigned this checkpoint. Lines of others are passed over, as the specification says; each witness counts once,
 * with its first line. Throws BadNote when the note is malformed, or when the line of a known witness is wrong: that is a forgery, not a
 * stranger.
 */
export function readCosignatures(note: string | Uint8Array, known: readonly NoteVerifier[]): Cosignature[] {
	const { text, signatures } = readNote(note);
	const found: Cosignature[] = [];
	for (const line of signatures) {
		const witness = known.find((one) => isBy(line, one, 'cosignature'));
		if (!witness || found.some((one) => one.witness === witness)) continue;
		const time = line.signature.length === LENGTH ? line.signature.readBigUInt64BE(0) : -1n;
		const possible = time >= 0n && time <= BigInt(Number.MAX_SAFE_INTEGER);
		if (!possible || !verifyBytes(witness.key, message(text, time), line.signature.subarray(8))) {
			throw new BadNote(`The cosignature of ${witness.name} is wrong.`);
		}
		found.push({ witness, time: Number(time) });
	}
	return found;
}

/**
 * A checkpoint with the lines of witnesses under it, one a witness. Lines that the note has already stay, unless the same witness signs anew.
 * Throws BadNote when a line is not that of a known witness, or is wrong: what a witness answers is not believed before.
 */
export function withCosignatures(note: string, lines: string, known: readonly NoteVerifier[]): string {
	const { text, signatures } = readNote(note);
	const added = readNote(`${text}\n${lines}`).signatures;
	const found = readCosignatures(`${text}\n${lines}`, known);
	if (found.length === 0 || found.length !== added.length)
		throw new BadNote('A cosignature is of no witness we know.');
	const renewed = (line: NoteSignature) => found.some(({ witness }) => isBy(line, witness, 'cosignature'));
	const stay = signatures.filter((line) => !renewed(line));
	return `${text}\n${[...stay, ...added].map(lineOf).join('')}`;
}

function message(text: string, time: bigint): Buffer {
	return Buffer.from(`cosignature/v1\ntime ${time}\n${text}`, 'utf8');
}
