import { ageBand } from '@understory/core/claims.ts';
import type { LibraryRecord } from '@understory/core/register.ts';
import { askCatalogue } from '@understory/sip2/client.ts';
import type { Sip2Decision } from '@understory/sip2/decision.ts';
import type { CardParts } from '../context.ts';
import type { IlsSettings } from '../ils.ts';
import { KEY_VERSION, type LibraryKeys } from '../keys.ts';
import { type AccountRow, accountFor } from '../store/accounts.ts';
import {
	forgetTries,
	giveBackTry,
	isKnownWrong,
	rememberWrong,
	TRIES,
	takeTry,
	triesOf,
} from '../store/attempts.ts';
import { createCanaries } from './canaries.ts';

/** What a person is told after giving card and PIN. Unknown card, wrong PIN and too many tries look the same but for the number left. */
export type Checked =
	| {
			readonly outcome: 'ok';
			readonly account: AccountRow;
			/** YYYY-MM-DD when the card has ended, for one sentence on the page that answers; kept nowhere. */
			readonly expiredOn: string | null;
	  }
	| Refused;

export type Refused =
	| { readonly outcome: 'empty' }
	| { readonly outcome: 'length'; readonly given: number; readonly wanted: number }
	| { readonly outcome: 'signs'; readonly wanted: number }
	| { readonly outcome: 'no_match'; readonly left: number }
	| { readonly outcome: 'see_desk' }
	| { readonly outcome: 'silent' };

/** Card and PIN as somebody typed them. */
export interface Given {
	readonly card: string;
	readonly pin: string;
}

/**
 * Checks a card against the library's catalogue and finds its account. The budget of wrong tries is ours and lies below the catalogue's own lock;
 * beyond it the catalogue is not asked. A catalogue that does not answer costs nobody a try. Nothing of card or PIN outlives the call.
 */
export type CardChecker = (library: LibraryRecord, given: Given) => Promise<Checked>;

export function createCardChecker(parts: CardParts): CardChecker {
	const believable = createCanaries(parts);
	// The same card and PIN sent twice (an impatient click) is one question with one answer.
	const running = new Map<string, Promise<Checked>>();

	async function ask(library: LibraryRecord, { card, pin }: Given): Promise<Checked> {
		const keys = parts.keysOf(library.id);
		const pair = keys.attempt(`both\0${card}\0${pin}`);
		const known = running.get(`${library.id}${pair}`);
		if (known) return known;
		const asking = checkPair(parts, believable, { library, keys, card, pin, pair });
		running.set(`${library.id}${pair}`, asking);
		return asking.finally(() => running.delete(`${library.id}${pair}`));
	}

	return async (library, given) => {
		const started = performance.now();
		// Blanks and dashes are how digits are printed. Nothing else is taken out: `123|4` must not become somebody's `1234`.
		const card = given.card.replace(library.card_digits === null ? / /g : /[ -]/g, '');
		const checked = faultOfForm(library, card, given.pin) ?? (await ask(library, { card, pin: given.pin }));
		// One length of time for every refusal, so that the answer tells no more than its words.
		if (checked.outcome === 'no_match') await parts.waitUntil(started);
		const took = Math.round(performance.now() - started);
		parts.log.info('card_checked', { library: library.slug, operation: checked.outcome, duration_ms: took });
		return checked;
	};
}

/** What can be said without asking anybody. */
function faultOfForm({ card_digits: wanted }: LibraryRecord, card: string, pin: string): Refused | null {
	if (card === '' || pin === '') return { outcome: 'empty' };
	if (wanted === null) return null;
	if (!/^\d*$/.test(card)) return { outcome: 'signs', wanted };
	return card.length === wanted ? null : { outcome: 'length', given: card.length, wanted };
}

interface Question extends Given {
	readonly library: LibraryRecord;
	readonly keys: LibraryKeys;
	/** Keyed hash of card and PIN together. */
	readonly pair: string;
}

async function checkPair(
	parts: CardParts,
	believable: (library: LibraryRecord, settings: IlsSettings) => Promise<boolean>,
	question: Question,
): Promise<Checked> {
	const { library, keys, card, pin, pair } = question;
	const { database, log } = parts;
	const settings = parts.ils(library.slug);
	if (!settings || !(await believable(library, settings))) {
		log.warn('catalogue_not_asked', { library: library.slug, error_code: settings ? 'canary' : 'not_set' });
		return { outcome: 'silent' };
	}
	const now = parts.clock.now();
	const about = { library: library.id, hash: keys.attempt(`card\0${card}`), now };
	// A wrong pair that was tried a moment ago is not a second try.
	if (await isKnownWrong(database, { ...about, hash: pair })) {
		return { outcome: 'no_match', left: TRIES - (await triesOf(database, about)) };
	}
	// Taken before asking, so that many at once are not each the first.
	const used = await takeTry(database, about);
	if (used === null) return { outcome: 'no_match', left: 0 };
	const answer = await askCatalogue(settings, { card, pin }, { now, zone: library.zone }).catch(
		async (error: unknown) => {
			await giveBackTry(database, about);
			throw error;
		},
	);
	if (answer.outcome === 'bad_credentials') {
		await rememberWrong(database, { ...about, hash: pair });
		return { outcome: 'no_match', left: TRIES - used };
	}
	if (answer.outcome === 'ok' || answer.outcome === 'refused_by_policy') await forgetTries(database, about);
	else await giveBackTry(database, about);
	return settled(parts, question, answer, now);
}

async function settled(
	parts: CardParts,
	{ library, keys, card }: Question,
	answer: Exclude<Sip2Decision, { outcome: 'bad_credentials' }>,
	now: number,
): Promise<Checked> {
	if (answer.outcome === 'refused_by_policy') return { outcome: 'see_desk' };
	if (answer.outcome !== 'ok') {
		parts.log.warn('catalogue_silent', { library: library.slug, error_code: answer.reason });
		return { outcome: 'silent' };
	}
	const account = await accountFor(parts.database, {
		library: library.id,
		card: keys.identity('card', card),
		ilsId: answer.internalId === null ? null : keys.identity('ils_id', answer.internalId),
		keyVersion: KEY_VERSION,
		ageBand: ageBand(answer.age),
		standing: answer.expiredOn ? 'porch' : 'full',
		month: new Date(now).toISOString().slice(0, 7),
		freshId: parts.randomId(),
	});
	if (account === 'another_holder') {
		parts.log.warn('card_has_another_holder', { library: library.slug });
		return { outcome: 'see_desk' };
	}
	return { outcome: 'ok', account, expiredOn: answer.expiredOn };
}
