import { createHash, randomBytes } from 'node:crypto';
import { seal, unseal } from '@understory/core/seal.ts';
import type { Link } from '../store/accounts.ts';
import type { Database } from '../store/database.ts';
import { keepOnce, takeOnce, useUp } from '../store/upstream-once.ts';
import type { KeptOut, Person } from './people.ts';

/** What a sign-in elsewhere was begun for. */
export type Purpose =
	/** The sign-in at a branch with this uid. */
	| { readonly kind: 'sign_in'; readonly uid: string }
	/** An invitation to staff. */
	| { readonly kind: 'invitation'; readonly token: string };

interface Bound {
	readonly upstream: string;
	readonly purpose: Purpose;
	/** What the browser holds that began it, as a hash. */
	readonly browser: string;
	/** Do others use this computer too? */
	readonly shared: boolean;
}

/** A question to a provider that was not answered yet. Times in UTC milliseconds. */
export interface Asked extends Bound {
	readonly kind: 'asked';
	/** The id of the request. */
	readonly id: string;
	readonly at: number;
	/** Does the password have to be given after the question? */
	readonly again: boolean;
	/** What OpenID Connect needs to check the answer. */
	readonly openid?: { readonly nonce: string; readonly verifier: string };
}

/** An answer that was found right and whose browser was not looked at yet. */
export interface Answered extends Bound {
	readonly kind: 'answered';
	/** Keyed hashes of who they are there, the preferred name first. */
	readonly links: readonly Link[];
	readonly person: Person | KeptOut;
	/** What is needed to end the sign-in there; sealed with the rest. */
	readonly session: ProviderSession;
}

/** A provider's session, as it has to be named when it ends. */
export interface ProviderSession {
	/** Keyed hashes, by which the provider's own word that it ended finds ours. */
	readonly subject: string;
	readonly index: string | null;
	/** What the provider wants to read when we end it. */
	readonly ending: Readonly<Record<string, string | null>>;
}

/**
 * What is remembered between leaving for a provider and coming back: sealed, for some minutes, given out once. Whoever holds a key holds one
 * random name of 256 bits; the database knows its hash.
 */
export interface Memory {
	keep(library: string, what: Asked | Answered, expires: number): Promise<string>;
	take<Kind extends 'asked' | 'answered'>(
		library: string,
		kind: Kind,
		key: string,
	): Promise<Extract<Asked | Answered, { kind: Kind }> | null>;
	/** False when it was used before. */
	useUp(library: string, what: string, expires: number): Promise<boolean>;
}

export function createMemory(parts: {
	database: Database;
	now: () => number;
	sealOf(library: string): Buffer;
}): Memory {
	const { database, sealOf } = parts;
	const about = (library: string, hash: string) => `upstream_once/${library}/${hash}`;
	return {
		async keep(library, what, expires) {
			const key = randomBytes(32).toString('base64url');
			const hash = hashOf(what.kind, key);
			const sealed = seal(sealOf(library), about(library, hash), JSON.stringify(what));
			await keepOnce(database, { library, hash, sealed, expires });
			return key;
		},
		async take(library, kind, key) {
			if (!/^[\w-]{43}$/.test(key)) return null;
			const hash = hashOf(kind, key);
			const sealed = await takeOnce(database, { library, hash, now: parts.now() });
			return sealed === undefined
				? null
				: opened(() => unseal(sealOf(library), about(library, hash), sealed));
		},
		useUp: (library, what, expires) => useUp(database, { library, hash: hashOf('used', what), expires }),
	};
}

/** What was sealed before the bridge's secret was changed is forgotten: whoever is on the way begins again. */
function opened<What>(open: () => string): What | null {
	try {
		return JSON.parse(open()) as What;
	} catch {
		return null;
	}
}

/** Kinds are kept apart by their hashes: the key of a question is never that of an answer. */
function hashOf(kind: string, key: string): string {
	return createHash('sha256').update(`${kind}\0${key}`).digest('base64url');
}
