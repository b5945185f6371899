import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';

const VERSION = 1;

/** 32 random bytes that seal and open. */
export function newSealKey(): Buffer {
	return randomBytes(32);
}

/**
 * Seals a text with AES-256-GCM. `about` names what it is (table and id) and must be the same when opening, so that a sealed
 * value cannot be moved to another record. Returns base64url of version, nonce, tag and ciphertext.
 */
export function seal(key: Buffer, about: string, text: string): string {
	const nonce = randomBytes(12);
	const cipher = createCipheriv('aes-256-gcm', key, nonce);
	cipher.setAAD(Buffer.from(about, 'utf8'));
	const body = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()]);
	return Buffer.concat([Buffer.of(VERSION), nonce, cipher.getAuthTag(), body]).toString('base64url');
}

/** Opens what `seal` made. Throws when the key, the record or a single bit is not the same. */
export function unseal(key: Buffer, about: string, sealed: string): string {
	const bytes = Buffer.from(sealed, 'base64url');
	if (bytes[0] !== VERSION || bytes.length < 29)
		throw new Error('this sealed value has a form we do not know');
	const decipher = createDecipheriv('aes-256-gcm', key, bytes.subarray(1, 13));
	decipher.setAAD(Buffer.from(about, 'utf8'));
	decipher.setAuthTag(bytes.subarray(13, 29));
	return Buffer.concat([decipher.update(bytes.subarray(29)), decipher.final()]).toString('utf8');
}
