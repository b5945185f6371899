import type { KeyCache } from '@fedify/fedify/sig';
import { CryptographicKey, type Multikey } from '@fedify/vocab';
import { exportSpki, importSpki } from '@fedify/vocab-runtime';
import type { BranchPorts } from '../ports.ts';

/** How long a key is believed without asking again, in milliseconds. A signature that does not fit is a reason to ask at once. */
const LIFE = 60 * 60_000;

/** The keys of one verification: those kept from before, and the one just fetched, which is kept only when `confirm` is called. */
export interface VerificationKeys extends KeyCache {
	/** The key fetched during this verification; null when it came from the cache. */
	fetched(): CryptographicKey | null;
	confirm(): Promise<void>;
}

/** A key is kept only once its owner's own document has been seen to list it. Absent keys are not kept: the next try may succeed. */
export function createVerificationKeys(cache: BranchPorts['cache']): VerificationKeys {
	let fresh: CryptographicKey | null = null;
	return {
		async get(keyId) {
			const text = await cache.get(nameOf(keyId));
			if (text === undefined) return undefined;
			const { owner, pem } = JSON.parse(text) as { owner: string; pem: string };
			return new CryptographicKey({ id: keyId, owner: new URL(owner), publicKey: await importSpki(pem) });
		},
		async set(_keyId: URL, key: CryptographicKey | Multikey | null) {
			fresh = key instanceof CryptographicKey ? key : null;
		},
		fetched: () => fresh,
		async confirm() {
			if (!fresh?.id || !fresh.ownerId || !fresh.publicKey) return;
			const record = { owner: fresh.ownerId.href, pem: await exportSpki(fresh.publicKey) };
			await cache.set(nameOf(fresh.id), JSON.stringify(record), LIFE);
		},
	};
}

function nameOf(keyId: URL): string {
	return `key:${keyId.href}`;
}
