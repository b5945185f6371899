import { createHash } from 'node:crypto';
import { PublicError } from './errors.ts';
import { type BoxKey, isBoxPublicKey, openBox, sealTo } from './sealed-box.ts';

/** What a home needs to go on as itself when its volume is lost: what opens the sealed parts of its branches, and what it signs with. */
export interface HomeKeys {
	readonly type: 'understory/home-keys/v1';
	readonly home: string;
	/** The day on which they were sealed, UTC: `2026-11-28`. */
	readonly day: string;
	/** The text of `home.key`: 32 bytes in base64. */
	readonly home_key: string;
	/** The text of `role.key`: PKCS#8 PEM of an Ed25519 key. */
	readonly role_key: string;
}

/** The keys of a home, sealed. What is beside `sealed` is sealed against changes with it. */
export interface SealedHomeKeys {
	/** The name of the home. */
	readonly name: string;
	/** The id of the recovery key that opens them. */
	readonly recovery_key: string;
	readonly sealed: string;
}

/** A home gives its sealed keys to the provisioner (POST /internal/v1/home-keys), signed with its role key. */
export interface KeyDeposit extends SealedHomeKeys {
	readonly type: 'understory/key-deposit/v1';
	/** The id of the role that it is. */
	readonly home: string;
	/** UTC milliseconds. */
	readonly issued: number;
	/** Says whether they are the same as before: `contentsOf`. */
	readonly contents: string;
}

/** The longest sealed keys that are taken, in characters; those of a home have about 600. */
const MOST_SEALED = 8_192;

/** The id of a recovery key: the first 16 hex digits of SHA-256 of its 32 public bytes. Throws when it is none. */
export function recoveryKeyId(publicKey: string): string {
	if (!isBoxPublicKey(publicKey)) throw new TypeError('this is not the public half of a recovery key');
	return createHash('sha256').update(Buffer.from(publicKey, 'base64url')).digest('hex').slice(0, 16);
}

/** Tells two pairs of keys apart and says nothing of them: they are of 256 random bits each. */
export function contentsOf({ home_key, role_key }: Pick<HomeKeys, 'home_key' | 'role_key'>): string {
	return createHash('sha256').update(`${home_key.trim()}\n${role_key.trim()}`).digest('hex');
}

/** Seals the keys of a home to a recovery key (`sealTo`), so that nobody on the platform opens them, not even the home itself. */
export function sealHomeKeys(publicKey: string, keys: HomeKeys): SealedHomeKeys {
	const address = { name: keys.home, recovery_key: recoveryKeyId(publicKey) };
	return { ...address, sealed: sealTo(publicKey, about(address), JSON.stringify(keys)) };
}

/** Is this in the form of what `sealHomeKeys` makes? Whether it is, is seen when it is opened. */
export function areSealedHomeKeys(value: Partial<Record<keyof SealedHomeKeys, unknown>>): boolean {
	const { name, recovery_key, sealed } = value;
	return (
		typeof name === 'string' &&
		typeof recovery_key === 'string' &&
		/^[0-9a-f]{16}$/.test(recovery_key) &&
		typeof sealed === 'string' &&
		sealed.length <= MOST_SEALED &&
		/^[\w-]{43}\.[\w-]+$/.test(sealed)
	);
}

/** Opens what `sealHomeKeys` made. Throws `PublicError` with a sentence when it was sealed to another recovery key, for another home, or was changed. */
export function openHomeKeys(key: BoxKey, kept: SealedHomeKeys): HomeKeys {
	const own = recoveryKeyId(key.publicKey);
	if (kept.recovery_key !== own) {
		const sentence = `The keys of ${kept.name} are sealed to the recovery key ${kept.recovery_key}, and this one is ${own}.`;
		throw new PublicError(409, 'another_recovery_key', sentence);
	}
	const keys = JSON.parse(opened(key, kept)) as Partial<HomeKeys>;
	const words = [keys.day, keys.home_key, keys.role_key];
	const isWhole = keys.type === 'understory/home-keys/v1' && words.every((word) => typeof word === 'string');
	if (isWhole && keys.home === kept.name) return keys as HomeKeys;
	throw new PublicError(409, 'no_keys', `What was sealed for ${kept.name} are not its keys.`);
}

function opened(key: BoxKey, kept: SealedHomeKeys): string {
	try {
		return openBox(key, about(kept), kept.sealed);
	} catch (cause) {
		const sentence = `What is kept for ${kept.name} was changed since it was sealed, or was sealed for another home.`;
		throw new PublicError(409, 'changed', sentence, { cause });
	}
}

function about({ name, recovery_key }: Pick<SealedHomeKeys, 'name' | 'recovery_key'>): string {
	return `home-keys/${name}/${recovery_key}`;
}
