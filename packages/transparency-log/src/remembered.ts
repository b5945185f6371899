import { createHash } from 'node:crypto';
import { type PublicKey, verifyBytes } from './keys.ts';

/** Did `key` sign `bytes`? As `verifyBytes` says it. */
export type VerifyBytes = (key: PublicKey, bytes: Uint8Array, signature: Uint8Array) => boolean;

/**
 * Says what `verifyBytes` says, and verifies only once what holds: the branches of one home hold the same roster, with a consent of each of its
 * members, and a signature over the same bytes by the same key holds forever. What does not hold is not remembered. Of `most` signatures, the
 * oldest goes first; each takes some hundred bytes.
 */
export function rememberVerified(most = 5_000, verify: VerifyBytes = verifyBytes): VerifyBytes {
	const held = new Set<string>();
	return (key, bytes, signature) => {
		// The length says where the signature ends and the bytes begin.
		if (signature.length !== 64) return false;
		const named = JSON.stringify([key.id, key.publicKey]);
		const name = createHash('sha256').update(named).update(signature).update(bytes).digest('base64');
		if (held.has(name)) return true;
		if (!verify(key, bytes, signature)) return false;
		held.add(name);
		const [oldest] = held;
		if (held.size > most && oldest !== undefined) held.delete(oldest);
		return true;
	};
}
