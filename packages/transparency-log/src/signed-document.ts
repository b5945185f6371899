import { createHash } from 'node:crypto';
import { canonicalize } from './jcs.ts';
import { type PublicKey, type SigningKey, signBytes, verifyBytes } from './keys.ts';
import type { VerifyBytes } from './remembered.ts';

/** What signing adds to a document. */
export interface Signature {
	readonly key_id: string;
	/** base64url of the 64 bytes of an Ed25519 signature over the JCS form of the document with `key_id` and without `sig`. */
	readonly sig: string;
}

/**
 * Signs a document: Ed25519 (RFC 8032) over its JCS form (RFC 8785). Give each kind of document its own `type`, so that none
 * can be taken for another. A signature that is already there is replaced. Throws TypeError when it cannot be canonical.
 */
export function signDocument<T extends object>(document: T, key: SigningKey): T & Signature {
	const signed = { ...document, key_id: key.id };
	const sig = signBytes(key, signedBytes(signed)).toString('base64url');
	return { ...signed, sig };
}

/** Is the document signed, as it stands, by one of these keys? Never throws: what cannot be read is not signed. */
export function verifyDocument(
	document: unknown,
	keys: readonly PublicKey[],
	verify: VerifyBytes = verifyBytes,
): boolean {
	if (typeof document !== 'object' || document === null) return false;
	const { key_id, sig } = document as Partial<Signature>;
	if (typeof key_id !== 'string' || typeof sig !== 'string') return false;
	const signature = Buffer.from(sig, 'base64url');
	// Only one spelling of a signature counts, so that a signed document has only one digest.
	if (signature.toString('base64url') !== sig) return false;
	const bytes = bytesOrNull(document);
	return bytes !== null && keys.some((key) => key.id === key_id && verify(key, bytes, signature));
}

/** `sha256:<hex>` of the JCS form of the whole document, its signature included. Throws TypeError when it has none. */
export function digestDocument(document: object): `sha256:${string}` {
	return digestText(canonicalize(document));
}

/** `sha256:<hex>` of a text in UTF-8; for documents kept as the exact text that was signed. */
export function digestText(text: string): `sha256:${string}` {
	return `sha256:${createHash('sha256').update(text, 'utf8').digest('hex')}`;
}

function signedBytes(document: object): Buffer {
	return Buffer.from(canonicalize({ ...document, sig: undefined }), 'utf8');
}

function bytesOrNull(document: object): Buffer | null {
	try {
		return signedBytes(document);
	} catch (error) {
		if (error instanceof TypeError || error instanceof RangeError) return null;
		throw error;
	}
}
