import { createHash } from 'node:crypto';
import { decodeProtectedHeader } from 'jose';

/**
 * Was an access token given out together with an ID token, whose signature was checked before? An ID token need not say; one that says it has to
 * be right (OpenID Connect Core 3.1.3.6, 3.1.3.8), which the library leaves to us.
 */
export function belongsTo(accessToken: string, atHash: unknown, idToken: string): boolean {
	if (atHash === undefined) return true;
	const { alg = '' } = decodeProtectedHeader(idToken);
	// Ed25519 hashes by SHA-512, the others by the number in their name.
	const hash = `sha${/^(?:RS|PS|ES)(256|384|512)$/.exec(alg)?.[1] ?? '512'}`;
	const whole = createHash(hash).update(accessToken, 'ascii').digest();
	return atHash === whole.subarray(0, whole.length / 2).toString('base64url');
}
