/** One key that an issuer signs with, as others may know it; times in UTC milliseconds. */
export interface SigningKeyFacts {
	/** Its name in the published keys, and in what it signed. */
	readonly kid: string;
	readonly alg: 'RS256' | 'ES256';
	readonly made: number;
	readonly signs_from: number;
	/** Until when it is published; null while no other comes after it. */
	readonly ends: number | null;
	/** When somebody took it back; null for all others. */
	readonly withdrawn: number | null;
}

/**
 * Published and not signing yet, signing, published because what it signed may still be of use, or taken back: nobody believes it any more.
 */
export const SIGNING_KEY_STATES = ['waiting', 'signing', 'kept', 'withdrawn'] as const;
export type SigningKeyState = (typeof SIGNING_KEY_STATES)[number];

/** What library IT wants done with the keys of a library, once: until the operation has ended, the bridge is told each time it asks. */
export interface SigningKeyOrder {
	readonly library: string;
	readonly operation: string;
	readonly kind: 'turn' | 'withdraw';
	/** Which keys are withdrawn; none to turn. */
	readonly kids: readonly string[];
}

/** The keys of a library as the bridge has them, and which orders were carried out. */
export interface SigningKeysReport {
	readonly library: string;
	readonly operations: readonly string[];
	readonly keys: readonly SigningKeyFacts[];
}

/** The keys with their states at a moment, the newest first; those that are published no more, and were not withdrawn, are left out. */
export function keysWithStates<Key extends SigningKeyFacts>(
	keys: readonly Key[],
	now: number,
): (Key & { readonly state: SigningKeyState })[] {
	const there = keys.filter(({ ends, withdrawn }) => withdrawn !== null || ends === null || ends > now);
	const stateOf = (key: Key): SigningKeyState => {
		if (key.withdrawn !== null) return 'withdrawn';
		if (key.signs_from > now) return 'waiting';
		const later = there.some(
			({ alg, signs_from, withdrawn }) =>
				alg === key.alg && withdrawn === null && signs_from <= now && signs_from > key.signs_from,
		);
		return later ? 'kept' : 'signing';
	};
	return there
		.map((key) => ({ ...key, state: stateOf(key) }))
		.toSorted((a, b) => b.made - a.made || b.alg.localeCompare(a.alg));
}
