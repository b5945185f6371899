import { createHmac, hkdfSync } from 'node:crypto';

/** The ways somebody is known again (reference/library-sso.md 7.4). */
export const IDENTITY_KINDS = ['card', 'ils_id', 'saml', 'oidc'] as const;
export type IdentityKind = (typeof IDENTITY_KINDS)[number];

/** What is stored of a card or an id: a keyed hash, and what it was under the key before, while that one is alive. */
export interface KeyedHash {
	readonly hash: string;
	readonly version: number;
	/** Null when only one version of the keys is alive. */
	readonly before: string | null;
}

/** 32 bytes from which all keys of a bridge are derived, with the version that is written beside what they hash. */
export interface Master {
	readonly master: Buffer;
	/** Grows by one with each change; 1 unless said otherwise. */
	readonly version?: number;
}

/** The secret of a bridge, and while it is being changed the one before. */
export interface MasterSecrets extends Master {
	/** What was hashed under it is hashed anew at the next sign-in; after `until` (UTC milliseconds) what was not is deleted. */
	readonly before?: Master & { readonly until: number };
}

/** The keys of one library, each for one purpose, all from one secret that is not in the database. */
export interface LibraryKeys {
	readonly version: number;
	/** A card, an ILS id or a name at another provider -> what is stored of it. */
	identity(kind: IdentityKind, value: string): KeyedHash;
	/** Card and PIN together, or the first letters of a code -> what a short memory knows. */
	attempt(text: string): string;
	/** Who somebody is at one branch: lower-case base32, 26 characters, another one at each sector (reference/library-sso.md 5.3). */
	subject(sector: string, account: string): string;
	/** What stays of a handle that somebody chose at a server that is no branch, so that nobody else ever gets it. Like a subject, it never changes. */
	handle(sector: string, handle: string): string;
	readonly seal: Buffer;
	/** Opens what was sealed under the secret before; null when there is none. */
	readonly sealBefore: Buffer | null;
	readonly csrf: Buffer;
	readonly cookies: string;
}

/**
 * Derives them. `subjects` is the key of the pairwise subjects where it came from an older secret: people keep their names at their branches
 * whatever else is changed.
 */
export function libraryKeys(secrets: MasterSecrets, library: string, subjects?: Buffer): LibraryKeys {
	const { before } = secrets;
	const derive = (purpose: string) => deriveKey(secrets, library, purpose);
	const identity = derive('identity');
	const identityBefore = before ? deriveKey(before, library, 'identity') : null;
	const attempt = derive('attempt');
	const pairwise = subjects ?? derive('pairwise');
	const version = versionOf(secrets);
	return {
		version,
		identity(kind, value) {
			const under = (key: Buffer) => hmac(key, `${kind}\0${value}`).toString('base64url');
			return {
				hash: under(identity),
				version,
				before: identityBefore === null ? null : under(identityBefore),
			};
		},
		attempt: (text) => hmac(attempt, text).toString('base64url'),
		subject: (sector, account) => base32(hmac(pairwise, `${sector}\0${account}`)).slice(0, 26),
		handle: (sector, handle) => hmac(pairwise, `handle\0${sector}\0${handle}`).toString('base64url'),
		seal: derive('seal'),
		sealBefore: before ? deriveKey(before, library, 'seal') : null,
		csrf: derive('csrf'),
		cookies: derive('cookies').toString('base64url'),
	};
}

/** One key of a library, for one purpose, under one secret. */
export function deriveKey(from: Master, library: string, purpose: string): Buffer {
	const info = `understory/${purpose}/v${versionOf(from)}`;
	return Buffer.from(hkdfSync('sha256', from.master, library, info, 32));
}

export function versionOf(from: Master): number {
	return from.version ?? 1;
}

function hmac(key: Buffer, text: string): Buffer {
	return createHmac('sha256', key).update(text).digest();
}

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

function base32(bytes: Buffer): string {
	let text = '';
	let bits = 0;
	let value = 0;
	for (const byte of bytes) {
		value = ((value << 8) | byte) & 0xfff;
		bits += 8;
		while (bits >= 5) {
			bits -= 5;
			text += ALPHABET[(value >> bits) & 31];
		}
	}
	return text;
}
