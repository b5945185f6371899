import { createHash, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { seal, unseal } from '@understory/core/seal.ts';
import type { JWK } from 'oidc-provider';
import type { Context } from '../context.ts';
import type { Database } from '../store/database.ts';
import { aboutSigning } from '../store/sealed-keys.ts';
import {
	addSigningKey,
	librariesWithOldKeys,
	SIGNING_ALGS,
	type SigningAlg,
	type SigningKeyRow,
	signingKeysOf,
	withKeysOf,
} from '../store/signing-keys.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** A new key is published for so long before it signs anything, so that whoever keeps a copy of our keys has it by then. */
export const PUBLISHED_BEFORE = DAY;
/** A key that signs no more stays published for so long: a branch keeps an ID token for two weeks, to sign out with it. */
export const KEPT_AFTER = 15 * DAY;
/** Keys are made anew when they have been there for so long. */
export const RENEWED_AFTER = 90 * DAY;
/** How long a process goes by what it read last. */
const LOOK_AGAIN = 60_000;

/** What an issuer signs with now, and what else it publishes. */
export interface SigningKeys {
	/** The one that signs RS256 first, the one that signs ES256 second, then what will sign or has signed. */
	readonly keys: readonly JWK[];
	/** Changes whenever `keys` does. */
	readonly digest: string;
}

export interface SigningKeyring {
	/** The keys of a library; made when it has none. */
	of(library: string): Promise<SigningKeys>;
	/**
	 * Makes new keys for a library. They are published now and sign a day later; the ones before stay published until nothing they signed is of use any
	 * more. `leaked`: the old ones are believed by nobody from now on, which ends their ID tokens' use for signing out too.
	 */
	turn(library: string, how?: { readonly leaked?: boolean }): Promise<void>;
	/** Turns the keys of every library that has had its own for 90 days. */
	turnOld(): Promise<void>;
}

/** The keys that sign a library's ID tokens: RSA first, since every client can check that; kept sealed by a key the database has not. */
export function createSigningKeyring(
	context: Pick<Context, 'database' | 'clock' | 'keysOf' | 'randomId' | 'log'>,
): SigningKeyring {
	const { database, clock, log } = context;
	const read = new Map<string, { at: number; keys: Promise<SigningKeys> }>();

	async function readNow(library: string): Promise<SigningKeys> {
		const now = clock.now();
		let rows = await signingKeysOf(database, library, now);
		if (rows.length === 0) {
			await withKeysOf(database, library, async (transaction) => {
				if ((await signingKeysOf(transaction, library, now)).length === 0)
					await makeAll(transaction, library, 0);
			});
			rows = await signingKeysOf(database, library, now);
		}
		const { seal: key } = context.keysOf(library);
		const keys = inOrder(rows, now).map(
			({ sealed }) => JSON.parse(unseal(key, aboutSigning(library), sealed)) as JWK,
		);
		const digest = createHash('sha256')
			.update(keys.map(({ kid }) => kid).join(' '))
			.digest('base64url');
		return { keys, digest };
	}

	/** `later`: milliseconds until the new keys sign. */
	async function makeAll(
		transaction: Database,
		library: string,
		later: number,
		leaked = false,
	): Promise<void> {
		const now = clock.now();
		const signs_from = new Date(now + later);
		const othersEnd = new Date(leaked ? now : now + later + KEPT_AFTER);
		for (const alg of SIGNING_ALGS) {
			const row = await makeOne(library, alg);
			await addSigningKey(transaction, { ...row, made: new Date(now), signs_from }, othersEnd);
		}
	}

	async function makeOne(
		library: string,
		alg: SigningAlg,
	): Promise<Pick<SigningKeyRow, 'id' | 'library' | 'alg' | 'sealed'>> {
		const id = context.randomId();
		const kid = createHash('sha256').update(id).digest('base64url').slice(0, 12);
		const jwk = { ...(await generate(alg)).export({ format: 'jwk' }), use: 'sig', alg, kid };
		const sealed = seal(context.keysOf(library).seal, aboutSigning(library), JSON.stringify(jwk));
		return { id, library, alg, sealed };
	}

	const keyring: SigningKeyring = {
		of(library) {
			const known = read.get(library);
			if (known && clock.now() - known.at < LOOK_AGAIN) return known.keys;
			const keys = readNow(library);
			read.set(library, { at: clock.now(), keys });
			keys.catch(() => read.delete(library));
			return keys;
		},
		async turn(library, { leaked = false } = {}) {
			await withKeysOf(database, library, (transaction) =>
				makeAll(transaction, library, leaked ? 0 : PUBLISHED_BEFORE, leaked),
			);
			read.delete(library);
			log.info('signing_keys_turned', { operation: leaked ? 'leaked' : 'renewed' });
		},
		async turnOld() {
			const old = await librariesWithOldKeys(database, clock.now() - RENEWED_AFTER);
			for (const library of old) {
				await withKeysOf(database, library, async (transaction) => {
					// Perhaps another process was faster.
					const still = await librariesWithOldKeys(transaction, clock.now() - RENEWED_AFTER);
					if (!still.includes(library)) return;
					await makeAll(transaction, library, PUBLISHED_BEFORE);
					log.info('signing_keys_turned', { operation: 'renewed' });
				});
				read.delete(library);
			}
		},
	};
	return keyring;
}

/** oidc-provider signs with the first of a kind. */
function inOrder(rows: readonly SigningKeyRow[], now: number): SigningKeyRow[] {
	const signers = SIGNING_ALGS.flatMap(
		(alg) => rows.findLast((row) => row.alg === alg && row.signs_from.getTime() <= now) ?? [],
	);
	return [...signers, ...rows.filter((row) => !signers.includes(row))];
}

async function generate(alg: SigningAlg): Promise<KeyObject> {
	const make = promisify(generateKeyPair);
	if (alg === 'ES256') return (await make('ec', { namedCurve: 'P-256' })).privateKey;
	return (await make('rsa', { modulusLength: 2048 })).privateKey;
}
