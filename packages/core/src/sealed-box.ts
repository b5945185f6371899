import {
	createPrivateKey,
	createPublicKey,
	diffieHellman,
	generateKeyPairSync,
	hkdfSync,
	type KeyObject,
} from 'node:crypto';
import { seal, unseal } from './seal.ts';

/** Every X25519 SubjectPublicKeyInfo begins with these bytes (RFC 8410 section 4); the 32 of the key follow. */
const SPKI_HEAD = Buffer.from('302a300506032b656e032100', 'hex');

/** A key to which others seal. */
export interface BoxKey {
	/** What others are given: base64url of the 32 bytes. */
	readonly publicKey: string;
	/** For a file that only its owner reads (PKCS#8 PEM). */
	readonly privateKey: string;
}

/** A new random key pair (X25519, RFC 7748). */
export function newBoxKey(): BoxKey {
	const { privateKey } = generateKeyPairSync('x25519');
	return readBoxKey(privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
}

/** Every PKCS#8 X25519 key begins with these bytes (RFC 8410 section 7); the 32 of the key follow. */
const PKCS8_HEAD = Buffer.from('302e020100300506032b656e04220420', 'hex');

/** The key pair of 32 secret bytes: the same bytes give the same pair. */
export function boxKeyOf(secret: Uint8Array): BoxKey {
	if (secret.length !== 32) throw new RangeError('the key of a box is made of 32 bytes');
	const key = createPrivateKey({ key: Buffer.concat([PKCS8_HEAD, secret]), format: 'der', type: 'pkcs8' });
	return readBoxKey(key.export({ type: 'pkcs8', format: 'pem' }).toString());
}

/** Reads a kept private key. Throws when the text holds no X25519 key. */
export function readBoxKey(pem: string): BoxKey {
	const key = createPrivateKey(pem);
	if (key.asymmetricKeyType !== 'x25519') throw new TypeError('this is not an X25519 key');
	return { publicKey: rawOf(createPublicKey(key)).toString('base64url'), privateKey: pem };
}

/** Is this text a public key of a box? */
export function isBoxPublicKey(text: unknown): text is string {
	return typeof text === 'string' && /^[\w-]{43}$/.test(text) && Buffer.from(text, 'base64url').length === 32;
}

/**
 * Seals a text so that only the holder of the private key can open it, not even whoever sealed it. `about` names what it is, and must be the
 * same when opening. X25519 with a key of its own for each text, HKDF-SHA256 over both public keys, then `seal`. Throws for a key that is none.
 */
export function sealTo(publicKey: string, about: string, text: string): string {
	if (!isBoxPublicKey(publicKey)) throw new TypeError('this is not the public key of a box');
	const { privateKey, publicKey: own } = generateKeyPairSync('x25519');
	const ephemeral = rawOf(own);
	const key = agree(privateKey, publicOf(Buffer.from(publicKey, 'base64url')), ephemeral, publicKey);
	return `${ephemeral.toString('base64url')}.${seal(key, about, text)}`;
}

/** Opens what `sealTo` made. Throws when it was sealed for another, for something else, or was changed. */
export function openBox(key: BoxKey, about: string, sealed: string): string {
	const [ephemeral = '', body = '', ...more] = sealed.split('.');
	if (!isBoxPublicKey(ephemeral) || more.length > 0)
		throw new Error('this sealed value has a form we do not know');
	const raw = Buffer.from(ephemeral, 'base64url');
	return unseal(agree(createPrivateKey(key.privateKey), publicOf(raw), raw, key.publicKey), about, body);
}

function agree(own: KeyObject, other: KeyObject, ephemeral: Buffer, recipient: string): Buffer {
	const shared = diffieHellman({ privateKey: own, publicKey: other });
	const salt = Buffer.concat([ephemeral, Buffer.from(recipient, 'base64url')]);
	return Buffer.from(hkdfSync('sha256', shared, salt, 'understory/sealed-box/v1', 32));
}

function rawOf(key: KeyObject): Buffer {
	return key.export({ type: 'spki', format: 'der' }).subarray(SPKI_HEAD.length);
}

function publicOf(raw: Buffer): KeyObject {
	return createPublicKey({ key: Buffer.concat([SPKI_HEAD, raw]), format: 'der', type: 'spki' });
}
