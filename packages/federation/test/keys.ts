import { generateKeyPairSync } from 'node:crypto';
import type { ActorKeys } from '../src/ports.ts';

const made = new Map<string, ActorKeys>();

/** An RSA pair for tests: made once for each name in a run, since making one takes longer than most tests. */
export function rsaKeys(name: string): ActorKeys {
	const known = made.get(name);
	if (known) return known;
	const keys = generateKeyPairSync('rsa', {
		modulusLength: 2048,
		publicKeyEncoding: { type: 'spki', format: 'pem' },
		privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
	});
	made.set(name, keys);
	return keys;
}
