import { createHash } from 'node:crypto';
import { keyId, type PublicKey, rawPublicKey, type SigningKey, signBytes, verifyBytes } from './keys.ts';

/** A key that signs notes, under its name (C2SP signed-note v1.0.0). */
export interface NoteVerifier {
	readonly name: string;
	readonly key: PublicKey;
}

/** A note whose signature was checked. */
export interface OpenNote {
	/** Ends in a newline. */
	readonly text: string;
	/** Who of the known signed it: at least one. */
	readonly signedBy: readonly NoteVerifier[];
}

/** What a key signs (signed-note v1.0.0, Signature types): notes as they are, or checkpoints of others with the time of it. */
export const SIGNATURE_TYPE = { ed25519: 0x01, cosignature: 0x04 } as const;
export type SignatureType = keyof typeof SIGNATURE_TYPE;
const MAX_NOTE = 1_000_000;
const MAX_SIGNATURES = 100;

/** A note that cannot be read, or that nobody we know signed. Its text must not be used. */
export class BadNote extends Error {
	override readonly name = 'BadNote';
}

/** The public form of a verifier: `name+hex(key id)+base64(type ‖ key)`. Throws BadNote for a name that cannot be one. */
export function formatVkey(verifier: NoteVerifier, type: SignatureType = 'ed25519'): string {
	const encoded = encodeKey(verifier.key, type);
	return `${checkedName(verifier.name)}+${noteKeyId(verifier.name, encoded).toString('hex')}+${encoded.toString('base64')}`;
}

/**
 * Reads a vkey. Throws BadNote when it is not one of an Ed25519 key for this type of signature, or when its key id is not that of its key and
 * name.
 */
export function parseVkey(vkey: string, type: SignatureType = 'ed25519'): NoteVerifier {
	const match = /^([^+\s]+)\+([0-9a-f]{8})\+([A-Za-z0-9+/]+=*)$/.exec(vkey);
	if (!match) throw new BadNote('This is not a verifier key.');
	const [, name = '', id, base64 = ''] = match;
	const encoded = Buffer.from(base64, 'base64');
	if (encoded.toString('base64') !== base64 || encoded.length !== 33 || encoded[0] !== SIGNATURE_TYPE[type]) {
		throw new BadNote(
			type === 'ed25519'
				? 'This verifier key is not an Ed25519 key.'
				: 'This verifier key is not that of a witness.',
		);
	}
	if (noteKeyId(name, encoded).toString('hex') !== id) {
		throw new BadNote('The id in this verifier key does not belong to its name and key.');
	}
	const raw = encoded.subarray(1);
	return {
		name: checkedName(name),
		key: { id: keyId(raw), publicKey: raw.toString('base64') },
	};
}

/** Signs a text that ends in a newline. Throws BadNote when text or name cannot be in a note. */
export function signNote(text: string, name: string, key: SigningKey): string {
	if (!text.endsWith('\n') || !isClean(text)) throw new BadNote('This text cannot be a note.');
	return `${text}\n${signatureLine({ name, key }, 'ed25519', signBytes(key, Buffer.from(text, 'utf8')))}`;
}

/** A signature as the line of a note, with its newline. Throws BadNote for a name that cannot be in a note. */
export function signatureLine(signer: NoteVerifier, type: SignatureType, signature: Uint8Array): string {
	const id = noteKeyId(checkedName(signer.name), encodeKey(signer.key, type));
	return lineOf({ name: signer.name, id, signature: Buffer.from(signature) });
}

/** A signature as it stands in a note. */
export function lineOf({ name, id, signature }: NoteSignature): string {
	return `— ${name} ${Buffer.concat([id, signature]).toString('base64')}\n`;
}

/**
 * Opens a note that at least one of the known verifiers signed. Signatures of others are passed over. Throws BadNote when the
 * note is malformed, when a known verifier's signature is wrong, or when none of them signed.
 */
export function openNote(note: string | Uint8Array, known: readonly NoteVerifier[]): OpenNote {
	const { text, signatures } = readNote(note);
	const signedBy: NoteVerifier[] = [];
	for (const line of signatures) {
		const { name, signature } = line;
		const verifier = known.find((one) => isBy(line, one, 'ed25519'));
		if (!verifier || signedBy.includes(verifier)) continue;
		if (!verifyBytes(verifier.key, Buffer.from(text, 'utf8'), signature)) {
			throw new BadNote(`The signature of ${name} is wrong.`);
		}
		signedBy.push(verifier);
	}
	if (signedBy.length === 0) throw new BadNote('Nobody we know signed this note.');
	return { text, signedBy };
}

/** A line below a note; nothing of it is believed yet. */
export interface NoteSignature {
	readonly name: string;
	readonly id: Buffer;
	readonly signature: Buffer;
}

/** Is this the line of that signer, by its name and key id? Says nothing of whether the signature is right. */
export function isBy(line: NoteSignature, signer: NoteVerifier, type: SignatureType): boolean {
	return line.name === signer.name && noteKeyId(line.name, encodeKey(signer.key, type)).equals(line.id);
}

/** Takes a note apart without checking who signed it. Throws BadNote when it is malformed. */
export function readNote(note: string | Uint8Array): {
	readonly text: string;
	readonly signatures: readonly NoteSignature[];
} {
	return parse(decode(note));
}

function decode(note: string | Uint8Array): string {
	if (note.length > MAX_NOTE) throw new BadNote('This note is too long.');
	if (typeof note === 'string') return note;
	try {
		return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(note);
	} catch (cause) {
		throw new BadNote('This note is not UTF-8.', { cause });
	}
}

function parse(note: string): { text: string; signatures: NoteSignature[] } {
	if (!isClean(note)) throw new BadNote('This note has control characters.');
	const end = note.lastIndexOf('\n\n');
	if (end < 0 || !note.endsWith('\n') || end + 2 === note.length)
		throw new BadNote('This note is not signed.');
	const lines = note.slice(end + 2, -1).split('\n');
	if (lines.length > MAX_SIGNATURES) throw new BadNote('This note has too many signatures.');
	return { text: note.slice(0, end + 1), signatures: lines.map(parseSignature) };
}

function parseSignature(line: string): NoteSignature {
	const match = /^— (\S+) ([A-Za-z0-9+/]+=*)$/u.exec(line);
	const [, name = '', base64 = ''] = match ?? [];
	const bytes = Buffer.from(base64, 'base64');
	if (!match || bytes.length < 5 || bytes.toString('base64') !== base64) {
		throw new BadNote('A signature line of this note is malformed.');
	}
	return { name: checkedName(name), id: bytes.subarray(0, 4), signature: bytes.subarray(4) };
}

function encodeKey(key: PublicKey, type: SignatureType): Buffer {
	return Buffer.concat([Uint8Array.of(SIGNATURE_TYPE[type]), rawPublicKey(key)]);
}

/** SHA-256(name ‖ 0x0A ‖ type ‖ key)[:4] (signed-note v1.0.0, Signatures). */
function noteKeyId(name: string, encoded: Uint8Array): Buffer {
	return createHash('sha256').update(`${name}\n`, 'utf8').update(encoded).digest().subarray(0, 4);
}

function checkedName(name: string): string {
	if (name === '' || /[\s+\u0085]/u.test(name) || !isClean(name)) {
		throw new BadNote('A name in a note has neither spaces nor plus.');
	}
	return name;
}

/** Whole characters, and no ASCII control characters but newline. */
function isClean(text: string): boolean {
	if (!text.isWellFormed()) return false;
	for (const character of text) {
		if (character < ' ' && character !== '\n') return false;
	}
	return true;
}
