import { createPublicKey, X509Certificate } from 'node:crypto';
import type { OwnKey } from '../own-keys.ts';
import { keyId } from './relying-party.ts';

/** The public halves of the keys with which we sign what we send to token endpoints (RFC 7517), for providers that fetch them. */
export function publishedKeys(keys: readonly OwnKey[]): { keys: object[] } {
	return {
		keys: keys.map(({ number, certificate }) => ({
			...createPublicKey(
				new X509Certificate(certificate).publicKey.export({ format: 'pem', type: 'spki' }),
			).export({
				format: 'jwk',
			}),
			use: 'sig',
			alg: 'RS256',
			kid: keyId(number),
		})),
	};
}
