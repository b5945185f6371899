import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { seal, unseal } from '@understory/core/seal.ts';
import type { JWK } from 'oidc-provider';
import type { Context } from '../context.ts';
import { aboutSigning } from '../store/sealed-keys.ts';
import { keepSigningKey, sealedSigningKey } from '../store/signing-keys.ts';

/** The key that signs a library's ID tokens: RSA, since every client can check that; made once, kept sealed by a key the database has not. */
export async function signingKey(context: Context, library: string): Promise<JWK> {
	const { seal: sealKey } = context.keysOf(library);
	const about = aboutSigning(library);
	const known = await sealedSigningKey(context.database, library);
	if (known) return JSON.parse(unseal(sealKey, about, known)) as JWK;
	const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 2048 });
	const jwk = {
		...privateKey.export({ format: 'jwk' }),
		use: 'sig',
		alg: 'RS256',
		kid: context.randomId().slice(0, 8),
	};
	const kept = await keepSigningKey(context.database, library, seal(sealKey, about, JSON.stringify(jwk)));
	return JSON.parse(unseal(sealKey, about, kept)) as JWK;
}
