import { createHash, generateKeyPair, type KeyObject } from 'node:crypto';
import { promisify } from 'node:util';
import { seal, unseal } from '@understory/core/seal.ts';
import type { JWK } from 'oidc-provider';
import type { Context } from '../context.ts';
import type { Database } from '../store/database.ts';
import { endAllSignIns } from '../store/ending-all.ts';
import { aboutSigning } from '../store/sealed-keys.ts';
import {
	addSigningKey,
	changeSigningKey,
	librariesWithOldKeys,
	SIGNING_ALGS,
	type SigningAlg,
	type SigningKeyRow,
	signingKeysOf,
	withdrawSigningKeys,
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
/** How long a process goes by what it read last: so long it may sign on with a key that another one withdrew, which whoever checks the signature refuses. */
export const LOOK_AGAIN = 5_000;

/** What an issuer signs with now, and what else it publishes. */
export interface SigningKeys {
	/** The one that signs RS256 first, the one that signs ES256 second, then what will sign or has signed. */
	readonly keys: readonly JWK[];
	/** Changes whenever `keys` does. */
	readonly digest: string;
}

export interface SigningKeyring {
	/** The keys of a library; made when it has none. `now`: read anew, whatever was read a moment ago. */
	of(library: string, how?: { readonly now?: boolean }): Promise<SigningKeys>;
	/**
	 * Makes new keys for a library. They are published now and sign a day later; the ones before stay published until nothing they signed is of use any
	 * more. While such new ones are waiting already, nothing happens.
	 */
	turn(library: string): Promise<void>;
	/**
	 * Takes keys back because they leaked: from now on they are published nowhere and believed by nobody. What signs in place of one signs at once. Where one
	 * of them may have signed anything, all sign-ins of the library end, since nobody can tell which of them are true. Keys that are not there, or not any
	 * more, are left out.
	 */
	withdraw(library: string, kids: readonly string[]): Promise<void>;
	/** Turns the keys of every library that has had its own for 90 days. */
	turnOld(): Promise<void>;
	/** How often this process has made or withdrawn keys: another number means that there is something to tell. */
	changes(): number;
}

/** The keys that sign a library's ID tokens: RSA first, since every client can check that; kept sealed by a key the database has not. */
export function createSigningKeyring(
	context: Pick<Context, 'database' | 'clock' | 'keysOf' | 'randomId' | 'log'>,
): SigningKeyring {
	const { database, clock, log } = context;
	const read = new Map<string, { at: number; keys: Promise<SigningKeys> }>();
	let changes = 0;

	/** Does something with a library's keys, one process at a time. */
	async function change(library: string, work: (transaction: Database) => Promise<void>): Promise<void> {
		await withKeysOf(database, library, work);
		changes += 1;
	}

	async function readNow(library: string): Promise<SigningKeys> {
		const now = clock.now();
		let rows = await signingKeysOf(database, library, now);
		if (rows.length === 0) {
			await change(library, async (transaction) => {
				if ((await signingKeysOf(transaction, library, now)).length === 0)
					await makeAll(transaction, library, 0);
			});
			rows = await signingKeysOf(database, library, now);
		}
		const { seal: key } = context.keysOf(library);
		const keys = inOrder(rows, now).map(({ sealed, kid }) => ({
			...(JSON.parse(unseal(key, aboutSigning(library), sealed)) as JWK),
			kid,
		}));
		const digest = createHash('sha256')
			.update(keys.map(({ kid }) => kid).join(' '))
			.digest('base64url');
		return { keys, digest };
	}

	/** `later`: milliseconds until the new keys sign. */
	async function makeAll(transaction: Database, library: string, later: number): Promise<void> {
		for (const alg of SIGNING_ALGS) await add(transaction, library, alg, later);
	}

	async function add(transaction: Database, library: string, alg: SigningAlg, later: number): Promise<void> {
		const now = clock.now();
		const row = { ...(await makeOne(library, alg)), made: new Date(now), signs_from: new Date(now + later) };
		await addSigningKey(transaction, row, new Date(now + later + KEPT_AFTER));
	}

	/**
	 * Mends what is left of one kind when some were withdrawn: one signs now, and it is published until there is a next one. One that signs no more is not
	 * taken up again.
	 */
	async function mend(
		transaction: Database,
		{ library, alg, signer }: { library: string; alg: SigningAlg; signer: SigningKeyRow | undefined },
	): Promise<void> {
		const now = clock.now();
		const left = (await signingKeysOf(transaction, library, now)).filter((row) => row.alg === alg);
		const waiting = left.find(({ signs_from }) => signs_from.getTime() > now);
		const stands = left.find(({ id }) => id === signer?.id);
		if (stands && !waiting) await changeSigningKey(transaction, stands.id, { ends: null });
		if (!stands && waiting) await changeSigningKey(transaction, waiting.id, { signs_from: new Date(now) });
		if (!stands && !waiting) await add(transaction, library, alg, 0);
	}

	async function makeOne(
		library: string,
		alg: SigningAlg,
	): Promise<Pick<SigningKeyRow, 'id' | 'library' | 'alg' | 'kid' | 'sealed'>> {
		const id = context.randomId();
		// One that began with a dash would be an option to whoever types it.
		const kid = createHash('sha256').update(id).digest('base64url').slice(0, 12).replace(/^-/, '0');
		const jwk = { ...(await generate(alg)).export({ format: 'jwk' }), use: 'sig', alg, kid };
		const sealed = seal(context.keysOf(library).seal, aboutSigning(library), JSON.stringify(jwk));
		return { id, library, alg, kid, sealed };
	}

	const keyring: SigningKeyring = {
		of(library, how) {
			const known = read.get(library);
			if (known && !how?.now && clock.now() - known.at < LOOK_AGAIN) return known.keys;
			const keys = readNow(library);
			read.set(library, { at: clock.now(), keys });
			keys.catch(() => read.delete(library));
			return keys;
		},
		async turn(library) {
			await change(library, async (transaction) => {
				const now = clock.now();
				const rows = await signingKeysOf(transaction, library, now);
				if (rows.some(({ signs_from }) => signs_from.getTime() > now)) return;
				await makeAll(transaction, library, rows.length === 0 ? 0 : PUBLISHED_BEFORE);
				log.info('signing_keys_turned', { operation: 'asked' });
			});
			read.delete(library);
		},
		async withdraw(library, kids) {
			await change(library, async (transaction) => {
				const now = clock.now();
				const rows = await signingKeysOf(transaction, library, now);
				const gone = rows.filter(({ kid }) => kids.includes(kid));
				if (gone.length === 0) return;
				await withdrawSigningKeys(
					transaction,
					gone.map(({ id }) => id),
					now,
				);
				for (const alg of new Set(gone.map((row) => row.alg))) {
					await mend(transaction, { library, alg, signer: signerOf(rows, alg, now) });
				}
				const signed = gone.some(({ signs_from }) => signs_from.getTime() <= now);
				const sessions = signed ? await endAllSignIns(transaction, library, now) : 0;
				log.warn('signing_keys_withdrawn', { library, count: sessions });
			});
			read.delete(library);
		},
		async turnOld() {
			const old = await librariesWithOldKeys(database, clock.now() - RENEWED_AFTER);
			for (const library of old) {
				await change(library, async (transaction) => {
					// Perhaps another process was faster.
					const still = await librariesWithOldKeys(transaction, clock.now() - RENEWED_AFTER);
					if (!still.includes(library)) return;
					await makeAll(transaction, library, PUBLISHED_BEFORE);
					log.info('signing_keys_turned', { operation: 'renewed' });
				});
				read.delete(library);
			}
		},
		changes: () => changes,
	};
	return keyring;
}

/** Which of a kind signs: of those whose time has come, the last. */
function signerOf(rows: readonly SigningKeyRow[], alg: SigningAlg, now: number): SigningKeyRow | undefined {
	return rows.findLast((row) => row.alg === alg && row.signs_from.getTime() <= now);
}

/** oidc-provider signs with the first of a kind. */
function inOrder(rows: readonly SigningKeyRow[], now: number): SigningKeyRow[] {
	const signers = SIGNING_ALGS.flatMap((alg) => signerOf(rows, alg, now) ?? []);
	return [...signers, ...rows.filter((row) => !signers.includes(row))];
}

async function generate(alg: SigningAlg): Promise<KeyObject> {
	const make = promisify(generateKeyPair);
	if (alg === 'ES256') return (await make('ec', { namedCurve: 'P-256' })).privateKey;
	return (await make('rsa', { modulusLength: 2048 })).privateKey;
}
