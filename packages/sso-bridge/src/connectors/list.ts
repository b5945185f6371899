import { randomBytes, scrypt, timingSafeEqual } from 'node:crypto';
import { promisify } from 'node:util';
import { dateIn } from '@understory/core/calendar.ts';
import type { AgeBand } from '@understory/core/claims.ts';
import type { LibraryKeys } from '../keys.ts';
import type { Database } from '../store/database.ts';
import { hasList, type ListedCard, listedCard } from '../store/listed-cards.ts';
import type { CardResult, Connector } from './connector.ts';

/** What the list of a library is kept with. */
export interface ListParts {
	readonly database: Database;
	readonly library: string;
	keys(): LibraryKeys;
	/** How slow the hash of a PIN is: N of scrypt, a power of two (RFC 7914). */
	readonly cost?: number;
}

/** 16 MiB and some hundredths of a second for each try. */
const COST = 16_384;
const SALT_BYTES = 16;
const HASH_BYTES = 32;

const slow = promisify<string, Buffer, number, { N: number; r: number; p: number; maxmem: number }, Buffer>(
	scrypt as never,
);

/**
 * Looks on the list that the library's staff uploaded, where there is no catalogue to ask. Card numbers stand there as keyed hashes, PINs under a key and a slow
 * hash, so that neither the database nor a copy of it can be searched for them. An unknown card takes as long as a wrong PIN.
 */
export function listConnector(parts: ListParts): Connector {
	const { database, library, cost = COST } = parts;
	// Somebody has to be compared with when nobody is found.
	const nobody: Promise<ListedCard> = listed(
		parts.keys(),
		{ card: '', pin: '', band: 'unknown', expires: null },
		cost,
	);

	async function look(card: string, secret: string): Promise<ListedCard | null> {
		const keys = parts.keys();
		const { hash, before } = cardHash(keys, card);
		const found = await listedCard(database, library, before === null ? [hash] : [hash, before]);
		const compared = found ?? (await nobody);
		const fits = await isPin(keys, { card, pin: secret }, compared);
		return found && fits ? found : null;
	}

	const probe: Connector['probe'] = async (card, secret, when): Promise<CardResult> => {
		if (!(await hasList(database, library))) return { outcome: 'misconfigured', reason: 'no_list' };
		const found = secret === null ? null : await look(card, secret);
		if (!found) return { outcome: 'bad_credentials' };
		const { age_band, expires_on } = found;
		return {
			outcome: 'ok',
			facts: {
				card,
				formerCards: [],
				stableId: null,
				expiresOn: expires_on,
				expired: expires_on !== null && expires_on < dateIn(when.zone, when.now),
				age: LEAST_AGE[age_band],
				location: null,
				patronType: null,
				blocks: [],
			},
		};
	};
	return {
		kind: 'list',
		async check(card, secret, when) {
			if (!isWritten(card) || !isWritten(secret)) return { outcome: 'bad_credentials' };
			return probe(card, secret, when);
		},
		probe,
		async reach() {
			return (await hasList(database, library))
				? { outcome: 'there' }
				: { outcome: 'misconfigured', reason: 'no_list' };
		},
	};
}

/** Of a band only the least age is known, so a rule about an age inside it holds for nobody in it. */
const LEAST_AGE: Readonly<Record<AgeBand, number | null>> = { child: 0, teen: 13, adult: 18, unknown: null };

const LONGEST = 64;

/** Can this stand on a list: some printed characters, and not too many? */
export function isWritten(text: string): boolean {
	return text !== '' && text.length <= LONGEST && !/\p{C}/u.test(text);
}

/** A line of a list, as staff have it. */
export interface CardOnList {
	readonly card: string;
	readonly pin: string;
	readonly band: AgeBand;
	/** YYYY-MM-DD. */
	readonly expires: string | null;
}

/** What is kept of it. */
export async function listed(
	keys: LibraryKeys,
	{ card, pin, band, expires }: CardOnList,
	cost = COST,
): Promise<ListedCard> {
	const { hash, version } = cardHash(keys, card);
	const salt = randomBytes(SALT_BYTES);
	const derived = await slowHash(pinHash(keys, { card, pin }).hash, salt, cost);
	return {
		hash,
		key_version: version,
		pin_hash: `scrypt$${cost}$${salt.toString('base64url')}$${derived.toString('base64url')}`,
		age_band: band,
		expires_on: expires,
	};
}

async function isPin(
	keys: LibraryKeys,
	given: { card: string; pin: string },
	{ pin_hash, key_version }: ListedCard,
): Promise<boolean> {
	const { hash, before, version } = pinHash(keys, given);
	const [, cost, salt = '', expected = ''] = pin_hash.split('$');
	const under = key_version === version ? hash : (before ?? hash);
	const derived = await slowHash(under, Buffer.from(salt, 'base64url'), Number(cost));
	return timingSafeEqual(derived, Buffer.from(expected, 'base64url'));
}

/** Under a label of its own, so that a list and the accounts have no hash in common. */
function cardHash(keys: LibraryKeys, card: string) {
	return keys.identity('card', `list\0${card}`);
}

function pinHash(keys: LibraryKeys, { card, pin }: { card: string; pin: string }) {
	return keys.identity('card', `list_pin\0${card}\0${pin}`);
}

function slowHash(text: string, salt: Buffer, cost: number): Promise<Buffer> {
	return slow(text, salt, HASH_BYTES, { N: cost, r: 8, p: 1, maxmem: 256 * cost * 8 });
}
