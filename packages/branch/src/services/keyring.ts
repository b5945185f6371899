import { createHmac, generateKeyPair, hkdfSync, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { Clock } from '@understory/core/clock.ts';
import { PublicError } from '@understory/core/errors.ts';
import { newSealKey, seal, unseal } from '@understory/core/seal.ts';
import type { ActorKeys } from '@understory/federation/ports.ts';
import { exportKey, generateKey, importKey, type SigningKey } from '@understory/transparency-log/keys.ts';
import { addKey, findKey, replaceKey, type SealedKey } from '../store/keys.ts';
import { readSetting, writeSetting } from '../store/settings.ts';
import type { Store, Writing } from '../store/store.ts';

/** The keys of one branch, never mixed (DESIGN 5.3). All rest sealed; none is ever logged. */
export interface Keyring {
	/** Ed25519: log entries, roster consent, OpenID. */
	branchKey(): SigningKey;
	/** Signs the cookies of this branch. */
	sessionSecret(): string;
	/** RSA, for HTTP signatures; made at the first call and kept. `id` of a person, or `server`. */
	actorKeys(id: string): Promise<ActorKeys>;
	/** Makes new keys for the HTTP signatures of an actor, in place of the old ones. */
	renewActorKeys(id: string): Promise<void>;
	/** Seals one record with the data key; `about` names table and id. */
	seal(about: string, text: string): string;
	unseal(about: string, sealed: string): string;
	/** A name for something of this branch that says nothing to anybody else and cannot be guessed: the same each time. */
	mark(about: string): string;
}

interface KeyringParts {
	readonly store: Store;
	/** Branch id. */
	readonly branch: string;
	readonly homeKey: Buffer;
	readonly clock: Clock;
}

/** Makes the keys of a new folder: the data key, wrapped for the home, and what is sealed with it. */
export function makeKeys(writing: Writing, parts: { branch: string; homeKey: Buffer; now: number }): void {
	const dataKey = newSealKey();
	writeSetting(writing, 'data_key', wrapKey(parts.homeKey, parts.branch, dataKey));
	const branchKey = generateKey();
	addKey(writing, {
		name: 'branch',
		public: JSON.stringify({ id: branchKey.id, publicKey: branchKey.publicKey }),
		sealed: seal(dataKey, 'sealed_key:branch', exportKey(branchKey)),
		created: parts.now,
	});
	addKey(writing, {
		name: 'session',
		public: '',
		sealed: seal(dataKey, 'sealed_key:session', randomBytes(32).toString('base64url')),
		created: parts.now,
	});
}

/**
 * Opens the keyring of a folder. Throws PublicError `wrong_home_key` when the folder was made for another home and not
 * re-wrapped for this one.
 */
export function createKeyring(parts: KeyringParts): Keyring {
	const dataKey = unwrap(parts);
	let branchKey: SigningKey | undefined;
	let sessionSecret: string | undefined;
	let markKey: Buffer | undefined;

	function open(name: string): string {
		const found = parts.store.read((reading) => findKey(reading, name));
		if (!found) throw new PublicError(503, 'damaged', 'A key of this branch is missing.', { detail: name });
		return unseal(dataKey, `sealed_key:${name}`, found.sealed);
	}

	async function newActorKey(name: string): Promise<SealedKey> {
		const made = await promisify(generateKeyPair)('rsa', {
			modulusLength: 2048,
			publicKeyEncoding: { type: 'spki', format: 'pem' },
			privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
		});
		const sealed = seal(dataKey, `sealed_key:${name}`, made.privateKey);
		return { name, public: made.publicKey, sealed, created: parts.clock.now() };
	}

	return {
		branchKey() {
			branchKey ??= importKey(open('branch'));
			return branchKey;
		},
		sessionSecret() {
			sessionSecret ??= open('session');
			return sessionSecret;
		},
		async actorKeys(id) {
			const name = `actor:${id}`;
			const known = parts.store.read((reading) => findKey(reading, name));
			if (!known) {
				const made = await newActorKey(name);
				// Two callers may have made one each; the first that is kept is the one.
				parts.store.transact((writing) => addKey(writing, made));
			}
			const kept = known ?? parts.store.read((reading) => findKey(reading, name))!;
			// Most who ask want to show the public half; the private one is unsealed for whoever signs.
			return {
				publicKey: kept.public,
				get privateKey() {
					return open(name);
				},
			};
		},
		async renewActorKeys(id) {
			const made = await newActorKey(`actor:${id}`);
			parts.store.transact((writing) => replaceKey(writing, made));
		},
		seal: (about, text) => seal(dataKey, about, text),
		unseal: (about, sealed) => unseal(dataKey, about, sealed),
		mark(about) {
			markKey ??= Buffer.from(hkdfSync('sha256', dataKey, '', `marks of ${parts.branch}`, 32));
			return createHmac('sha256', markKey).update(about).digest('base64url').slice(0, 22);
		},
	};
}

function unwrap({ store, homeKey, branch }: KeyringParts): Buffer {
	return unwrapKey(
		homeKey,
		branch,
		store.read((reading) => readSetting<string>(reading, 'data_key')),
	);
}

/** Wraps the data key of a branch for a home (DESIGN 5.3). */
export function wrapKey(homeKey: Buffer, branch: string, dataKey: Buffer): string {
	return seal(homeKey, wrapped(branch), dataKey.toString('base64'));
}

/** Opens what `wrapKey` made. Throws PublicError `wrong_home_key` when it was wrapped for another home, and `damaged` when there is nothing. */
export function unwrapKey(homeKey: Buffer, branch: string, sealed: string | undefined): Buffer {
	if (!sealed) throw new PublicError(503, 'damaged', 'The keys of this branch are missing.');
	try {
		return Buffer.from(unseal(homeKey, wrapped(branch), sealed), 'base64');
	} catch (cause) {
		const sentence = 'The keys of this branch were wrapped for another home. Let the platform move it.';
		throw new PublicError(503, 'wrong_home_key', sentence, { cause });
	}
}

function wrapped(branch: string): string {
	return `data-key:${branch}`;
}
