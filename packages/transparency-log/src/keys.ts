import * as crypto from 'node:crypto';

/** The public half of an Ed25519 key (RFC 8032): `publicKey` is base64 of its 32 bytes, `id` names it. */
export interface PublicKey {
	/** First 16 hex digits of SHA-256 of the 32 bytes. */
	readonly id: string;
	readonly publicKey: string;
}

/** A key that can sign. Never logged, never put in a document: use `publicKeyOf` for what others may see. */
export interface SigningKey extends PublicKey {
	readonly privateKey: crypto.KeyObject;
}

/** The public half of a key as a JSON Web Key (RFC 8037), for OpenID's `private_key_jwt`. */
export interface Ed25519Jwk {
	readonly kty: 'OKP';
	readonly crv: 'Ed25519';
	readonly x: string;
	readonly kid: string;
	readonly alg: 'EdDSA';
	readonly use: 'sig';
}

/** Every Ed25519 SubjectPublicKeyInfo begins with these bytes (RFC 8410 section 4); the 32 of the key follow. */
const SPKI_HEAD = Buffer.from('302a300506032b6570032100', 'hex');

/** A new random key. */
export function generateKey(): SigningKey {
	return fromPrivate(crypto.generateKeyPairSync('ed25519').privateKey);
}

/** The private key as PKCS#8 PEM, for a file that only its owner may read (mode 0600). */
export function exportKey(key: SigningKey): string {
	return key.privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}

/** Reads what `exportKey` wrote. Throws when the text holds no Ed25519 private key. */
export function importKey(pem: string): SigningKey {
	return fromPrivate(crypto.createPrivateKey(pem));
}

/** What others may see of a key. */
export function publicKeyOf(key: PublicKey): PublicKey {
	return { id: key.id, publicKey: key.publicKey };
}

/** The public half as a JWK; `kid` is the key's id. */
export function toJwk(key: PublicKey): Ed25519Jwk {
	const x = Buffer.from(key.publicKey, 'base64').toString('base64url');
	return { kty: 'OKP', crv: 'Ed25519', x, kid: key.id, alg: 'EdDSA', use: 'sig' };
}

/** The id of a public key: first 16 hex digits of SHA-256 of its 32 bytes. */
export function keyId(raw: Uint8Array): string {
	return crypto.createHash('sha256').update(raw).digest('hex').slice(0, 16);
}

/** The 32 bytes of a public key. Throws when the record is not one, or when its id is not that of its bytes. */
export function rawPublicKey(key: PublicKey): Buffer {
	const raw = Buffer.from(key.publicKey, 'base64');
	if (raw.length !== 32 || raw.toString('base64') !== key.publicKey || keyId(raw) !== key.id) {
		throw new TypeError('This is not the record of an Ed25519 public key.');
	}
	return raw;
}

/** Reads a record of a public key from outside; null when it is not one, or when its id does not belong to it. */
export function parsePublicKey(value: unknown): PublicKey | null {
	const record = value as Partial<PublicKey> | null;
	if (typeof record?.id !== 'string' || typeof record.publicKey !== 'string') return null;
	const raw = Buffer.from(record.publicKey, 'base64');
	if (raw.length !== 32 || raw.toString('base64') !== record.publicKey || keyId(raw) !== record.id)
		return null;
	return { id: record.id, publicKey: record.publicKey };
}

/** The 64 bytes of an Ed25519 signature over `bytes` (RFC 8032; the same bytes always give the same signature). */
export function signBytes(key: SigningKey, bytes: Uint8Array): Buffer {
	return crypto.sign(null, bytes, key.privateKey);
}

/** Did `key` sign `bytes`? False for anything that is not a right signature by a right key; never throws. */
export function verifyBytes(key: PublicKey, bytes: Uint8Array, signature: Uint8Array): boolean {
	const known = parsePublicKey(key);
	if (!known || signature.length !== 64) return false;
	return crypto.verify(null, bytes, publicKeyObject(known), signature);
}

function publicKeyObject(key: PublicKey): crypto.KeyObject {
	const der = Buffer.concat([SPKI_HEAD, rawPublicKey(key)]);
	return crypto.createPublicKey({ key: der, format: 'der', type: 'spki' });
}

function fromPrivate(privateKey: crypto.KeyObject): SigningKey {
	if (privateKey.asymmetricKeyType !== 'ed25519') throw new TypeError('This is not an Ed25519 private key.');
	const spki = crypto.createPublicKey(privateKey).export({ type: 'spki', format: 'der' });
	const raw = spki.subarray(SPKI_HEAD.length);
	return { id: keyId(raw), publicKey: raw.toString('base64'), privateKey };
}
