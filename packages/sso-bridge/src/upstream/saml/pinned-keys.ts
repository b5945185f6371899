import { createPublicKey, type KeyObject } from 'node:crypto';

const PEM = /-----BEGIN (CERTIFICATE|PUBLIC KEY)-----[\s\S]+?-----END \1-----/g;

/**
 * The keys that a setting pins: one or several certificates or public keys in PEM, for the days in which a federation changes its key. Throws
 * when there is none, or one that cannot be read or is no RSA key of 2048 bits.
 */
export function pinnedKeys(pem: string): KeyObject[] {
	const keys = (pem.match(PEM) ?? []).map((one) => createPublicKey(one));
	if (keys.length === 0 || !keys.every(isStrong)) throw new TypeError('no RSA key is pinned');
	return keys;
}

function isStrong({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
	return asymmetricKeyType === 'rsa' && (asymmetricKeyDetails?.modulusLength ?? 0) >= 2048;
}
