import { createPrivateKey, createPublicKey, type KeyObject } from 'node:crypto';
import type { ActorKeys, BranchPorts } from '../ports.ts';

const { subtle } = globalThis.crypto;
const ALGORITHM = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };

/** Hands out the RSA keys of a branch's actors as WebCrypto keys (DESIGN 5.3: no other key is ever seen here). */
export type KeyPairs = (actorId: string) => Promise<CryptoKeyPair>;

/** So many actors' keys are kept read: reading one takes as long as signing with it. */
const KEPT = 16;

/**
 * Reads the PEM texts the branch keeps, of the actors that signed last only when they have changed. Throws when they are not RSA: an
 * Ed25519 key would make Fedify add object proofs.
 */
export function createKeyPairs(ports: Pick<BranchPorts, 'actorKeys'>): KeyPairs {
	const kept = new Map<string, { publicKey: string; pair: CryptoKeyPair }>();
	return async (actorId) => {
		const pem = await ports.actorKeys(actorId);
		const known = kept.get(actorId);
		if (known?.publicKey === pem.publicKey) return known.pair;
		const pair = await readPair(pem);
		if (kept.size >= KEPT) kept.delete(kept.keys().next().value!);
		kept.delete(actorId);
		kept.set(actorId, { publicKey: pem.publicKey, pair });
		return pair;
	};
}

async function readPair(pem: ActorKeys): Promise<CryptoKeyPair> {
	const privateKey = createPrivateKey(pem.privateKey);
	const publicKey = createPublicKey(pem.publicKey);
	if (privateKey.asymmetricKeyType !== 'rsa' || publicKey.asymmetricKeyType !== 'rsa') {
		throw new TypeError('An actor key is RSA and nothing else.');
	}
	return {
		privateKey: await subtle.importKey('pkcs8', der(privateKey, 'pkcs8'), ALGORITHM, true, ['sign']),
		publicKey: await subtle.importKey('spki', der(publicKey, 'spki'), ALGORITHM, true, ['verify']),
	};
}

function der(key: KeyObject, type: 'pkcs8' | 'spki'): Uint8Array<ArrayBuffer> {
	return new Uint8Array(
		type === 'spki' ? key.export({ type, format: 'der' }) : key.export({ type, format: 'der' }),
	);
}
