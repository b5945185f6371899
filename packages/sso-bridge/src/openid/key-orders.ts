import type { SigningKeyOrder } from '@understory/core/signing-keys.ts';
import type { Context } from '../context.ts';
import type { Platform } from '../platform.ts';
import { signingKeyFacts } from '../store/signing-keys.ts';
import type { SigningKeyring } from './signing-keys.ts';

/** How long what another process changed may stay untold, in milliseconds; what was ordered, or changed by this one, is told at once. */
const TELL_AGAIN = 60_000;

/**
 * Does what library IT wants done with the keys of issuers, and tells the provisioner which keys there are wherever that changed. An order may come
 * several times, and to several processes at once: it is carried out once.
 */
export function followKeyOrders(parts: {
	readonly platform: Pick<Platform, 'reportKeys'>;
	readonly signingKeys: Pick<SigningKeyring, 'turn' | 'withdraw' | 'changes'>;
	readonly database: Context['database'];
	readonly log: Context['log'];
	readonly clock: Context['clock'];
}): (orders: readonly SigningKeyOrder[]) => Promise<void> {
	const { platform, signingKeys, database, log, clock } = parts;
	const told = new Map<string, string>();
	let lookedAt = Number.NEGATIVE_INFINITY;
	let seen = 0;

	/** Which orders were carried out, by library. */
	async function carryOut(orders: readonly SigningKeyOrder[]): Promise<Map<string, string[]>> {
		const done = new Map<string, string[]>();
		for (const { library, operation, kind, kids } of orders) {
			try {
				if (kind === 'turn') await signingKeys.turn(library);
				else await signingKeys.withdraw(library, kids);
				done.set(library, [...(done.get(library) ?? []), operation]);
			} catch (error) {
				log.error('signing_keys_not_changed', { library, operation, error });
			}
		}
		return done;
	}

	return async (orders) => {
		const quiet = orders.length === 0 && signingKeys.changes() === seen;
		if (quiet && clock.now() - lookedAt < TELL_AGAIN) return;
		const done = await carryOut(orders);
		const changes = signingKeys.changes();
		const facts = await signingKeyFacts(database);
		for (const library of new Set([...facts.keys(), ...done.keys()])) {
			const keys = facts.get(library) ?? [];
			const operations = done.get(library) ?? [];
			const now = JSON.stringify(keys);
			if (operations.length === 0 && told.get(library) === now) continue;
			await platform.reportKeys({ library, operations, keys });
			told.set(library, now);
		}
		lookedAt = clock.now();
		seen = changes;
	};
}
