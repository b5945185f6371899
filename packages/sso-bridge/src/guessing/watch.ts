import type { Clock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import type { LibraryRecord } from '@understory/core/register.ts';
import type { LibraryKeys } from '../keys.ts';
import { countOne, running, useOnce } from '../store/attempts.ts';
import type { Database } from '../store/database.ts';
import { count, raiseAlert, type Tally, tallyOf } from '../store/tallies.ts';
import { addressGroup } from './address-group.ts';
import { QUARTER_MS } from './budget.ts';
import { createAddressHash } from './day-key.ts';

/** Whoever sends a form with a card. */
export interface Caller {
	readonly address: string | undefined;
	/** How long ago the form was shown to them, in milliseconds. */
	readonly age: number;
	/** Names that form; a form can be used once where somebody may be guessing. Null for one that we did not make. */
	readonly form: string | null;
	/** The number of their browser; null when it has none. */
	readonly browser: string | null;
}

/** What to do with a caller: 0 seconds is to ask at once. Nobody is refused. `anew`: they wait from now, since their form was used already. */
export interface Wariness {
	readonly seconds: number;
	readonly anew: boolean;
}

const CALM: Wariness = { seconds: 0, anew: false };

/**
 * Notices guessing that no card's own budget sees: many wrong cards from one place, or at one library (one PIN tried with many cards). A caller who may
 * be part of it is asked to wait a little, which costs a person nothing much and a machine everything; somebody known in this browser never is.
 */
export interface Watch {
	/**
	 * What the caller has to do first. A form that was used already counts as one shown just now. `isFamiliar` says whether whoever they say they are
	 * came in in this browser before.
	 */
	look(library: LibraryRecord, caller: Caller, isFamiliar: () => Promise<boolean>): Promise<Wariness>;
	/** Something did not match. `newCard`: it is this card's first in a quarter of an hour. */
	wrong(library: LibraryRecord, caller: Caller | null, newCard: boolean): Promise<void>;
	right(library: LibraryRecord): Promise<void>;
}

/** So many wrong tries from one place in a quarter of an hour are not yet strange: a library's own computers share an address. */
const FROM_ONE_PLACE = 10;
/** So many cards with a wrong PIN at one library in a quarter of an hour or two are strange when they are also most of all. */
const AT_ONE_LIBRARY = 20;
const SHORT_WAIT = 10;
const LIBRARY_WAIT = 20;
const LONGEST_WAIT = 60;
/** A form lives as long as the sign-in it stands in, and a little longer. */
const FORM_LIFE_MS = 20 * 60_000;

export function createWatch(parts: {
	database: Database;
	clock: Clock;
	log: Log;
	keysOf(library: string): LibraryKeys;
}): Watch {
	const { database, clock, log } = parts;

	const hashOf = createAddressHash(parts);

	async function placeOf(library: string, address: string | undefined): Promise<string> {
		return `from:${await hashOf({ library, now: clock.now(), group: addressGroup(address) })}`;
	}

	return {
		async look({ id: library }, caller, isFamiliar) {
			const now = clock.now();
			const place = { library, hash: await placeOf(library, caller.address), now };
			const [from, tally] = await Promise.all([
				running(database, place),
				tallyOf(database, { library, now, quarter: QUARTER_MS }),
			]);
			const wait = Math.max(waitFrom(from), isStrange(tally) ? LIBRARY_WAIT : 0);
			if (wait === 0 || (await isFamiliar())) return CALM;
			if (caller.form === null) return { seconds: wait, anew: true };
			const left = Math.ceil(wait - caller.age / 1000);
			if (left > 0) return { seconds: left, anew: false };
			const unused = await useOnce(database, { library, hash: `form:${caller.form}`, now }, FORM_LIFE_MS);
			return unused ? CALM : { seconds: wait, anew: true };
		},
		async wrong({ id: library, slug }, caller, newCard) {
			const now = clock.now();
			if (caller) await countOne(database, { library, hash: await placeOf(library, caller.address), now });
			if (!newCard) return;
			const tally = await count(database, { library, now, quarter: QUARTER_MS, of: 'wrongCards' });
			if (!isStrange(tally)) return;
			if (await raiseAlert(database, { library, kind: 'guessing', now, quiet: 2 * QUARTER_MS }))
				log.error('guessing_suspected', { library: slug, count: tally.wrongCards });
		},
		async right({ id: library }) {
			await count(database, { library, now: clock.now(), quarter: QUARTER_MS, of: 'right' });
		},
	};
}

function isStrange({ right, wrongCards }: Tally): boolean {
	return wrongCards >= AT_ONE_LIBRARY && wrongCards > right;
}

/** Ten seconds, twice as many with every ten more wrong tries, up to a minute. */
function waitFrom(wrong: number): number {
	if (wrong < FROM_ONE_PLACE) return 0;
	return Math.min(LONGEST_WAIT, SHORT_WAIT * 2 ** Math.floor((wrong - FROM_ONE_PLACE) / FROM_ONE_PLACE));
}
