import { generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { seal, unseal } from '@understory/core/seal.ts';
import type { Database } from '../store/database.ts';
import { aboutUpstreamKey, keepUpstreamKey, upstreamKey } from '../store/upstream-keys.ts';

/** What a key of ours is for; each purpose has its own, so that a signature of one kind is never one of another. */
export type KeyUse = 'saml_signing' | 'saml_encryption' | 'oidc_signing';

export interface OwnKey {
	readonly number: number;
	/** PEM. */
	readonly privateKey: string;
	/** PEM, signed by itself: providers trust the key, not a name on it. */
	readonly certificate: string;
}

/** The keys of one library for one purpose, in the order of its setting; made when first asked for, kept sealed by a key the database has not. */
export type OwnKeys = (
	library: { readonly id: string; readonly card_origin: string },
	use: KeyUse,
	numbers: readonly number[],
) => Promise<OwnKey[]>;

export function createOwnKeys(parts: {
	database: Database;
	now: () => number;
	sealOf(library: string): Buffer;
}): OwnKeys {
	return (library, use, numbers) =>
		Promise.all(
			numbers.map(async (number) => {
				const sealKey = parts.sealOf(library.id);
				const id = { library: library.id, purpose: use, number };
				const about = aboutUpstreamKey(id);
				const kept =
					(await upstreamKey(parts.database, id)) ??
					(await keepUpstreamKey(parts.database, {
						...id,
						...(await makeKey(library.card_origin, parts.now(), (pem) => seal(sealKey, about, pem))),
					}));
				return {
					number,
					privateKey: unseal(sealKey, about, kept.sealed),
					certificate: kept.certificate,
				};
			}),
		);
}

async function makeKey(origin: string, now: number, close: (pem: string) => string) {
	const pair = await promisify(generateKeyPair)('rsa', { modulusLength: 3072 });
	// Once in a library's life, and it brings a megabyte of ASN.1 with it.
	const { selfSigned } = await import('./certificate.ts');
	const certificate = await selfSigned(pair, { name: new URL(origin).hostname, from: now, years: 10 });
	return { sealed: close(pair.privateKey.export({ format: 'pem', type: 'pkcs8' }).toString()), certificate };
}
