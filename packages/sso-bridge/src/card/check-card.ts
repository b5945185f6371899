import { dateIn } from '@understory/core/calendar.ts';
import { ageBand } from '@understory/core/claims.ts';
import type { LibraryRecord } from '@understory/core/register.ts';
import type { SignInSettings } from '@understory/core/sign-in-settings.ts';
import type { CardFacts, CardResult } from '../connectors/connector.ts';
import type { CardParts } from '../context.ts';
import { budgetFor } from '../guessing/budget.ts';
import { forward, type Verdict } from '../guessing/forwarding.ts';
import { type Caller, createWatch, type Watch } from '../guessing/watch.ts';
import type { LibraryKeys } from '../keys.ts';
import { type Proof, readProof } from '../recovery/proof.ts';
import { browserHash } from '../signing-in/browser-cookie.ts';
import { type AccountRow, accountFor, accountOfLink, type Link } from '../store/accounts.ts';
import { isKnownBrowser } from '../store/sign-ins.ts';
import { type Admission, admit, type Obstacle } from './admission.ts';
import { alertBy, alertStaff } from './alerting.ts';
import { tryAnyPin } from './canary.ts';
import { coarseTime } from './coarse-time.ts';
import { type FaultOfForm, faultOfForm, numberOf } from './typed.ts';

/** What a person is told after giving card and PIN. Unknown card, wrong PIN and too many tries are one answer. */
export type Checked = Admitted | Refused;

export interface Admitted {
	readonly outcome: 'ok';
	readonly account: AccountRow;
	/** Was the account made just now? */
	readonly fresh: boolean;
	/** Has the catalogue an id of its own for them, which finds the account when the card is replaced? */
	readonly carried: boolean;
	/** The code that carried an account over to this card. */
	readonly by: Proof['way'] | null;
	/** What keeps them on the porch; null when nothing does. */
	readonly obstacle: Obstacle | null;
	/** YYYY-MM-DD when the card has ended and the catalogue says when, for one sentence on the page that answers; kept nowhere. */
	readonly endedOn: string | null;
}

export type Refused =
	| FaultOfForm
	/** The library has not opened sign-in yet. The catalogue was not asked. */
	| { readonly outcome: 'not_open' }
	/** `tries`: how many are passed on to the catalogue in a quarter of an hour; the same for every card of the library. */
	| { readonly outcome: 'no_match'; readonly tries: number }
	/** Somebody may be guessing; whoever waits so long may ask again. The catalogue was not asked. `anew`: from now on, with a new form. */
	| { readonly outcome: 'wait'; readonly seconds: number; readonly anew: boolean }
	/** The code that was to carry an account over is not known, spent or no longer good. The catalogue was not asked. */
	| { readonly outcome: 'bad_code' }
	/** This card has an account of its own, so that no other can be carried over to it. */
	| { readonly outcome: 'another_account' }
	/** Right, but something stands in the way of somebody who was never here. Nothing of them is kept. */
	| { readonly outcome: 'not_admitted'; readonly obstacle: Obstacle; readonly endedOn: string | null }
	/** Right, and still nobody can tell whose it is: it was reported lost, or was another person's before. */
	| { readonly outcome: 'see_desk' }
	| { readonly outcome: 'silent' }
	/** The catalogue said yes to what it must refuse. Nobody's card is asked about until library IT has mended it. */
	| { readonly outcome: 'switched_off' };

/** Card and PIN as somebody typed them. */
export interface Given {
	readonly card: string;
	readonly pin: string;
	/** A recovery code or a code from the desk, of somebody who was here with another card. */
	readonly code?: string;
	/** The account they are signed in to, which gets the card beside those it has. */
	readonly holder?: string;
	/** Who sent it; null for the platform's own demonstrations. */
	readonly caller: Caller | null;
}

/**
 * Checks a card against the library's catalogue and finds its account. The budget of wrong tries is ours and lies below the catalogue's own lock;
 * beyond it the catalogue is not asked. A catalogue that cannot be reached costs nobody a try; one that is silent after it got the PIN costs one. Nothing of card or PIN outlives the call.
 */
export type CardChecker = (library: LibraryRecord, given: Given) => Promise<Checked>;

export function createCardChecker(parts: CardParts): CardChecker {
	const watch = createWatch(parts);
	// The same card and PIN sent twice (an impatient click) is one question with one answer.
	const running = new Map<string, Promise<Settled>>();

	async function ask(library: LibraryRecord, given: Given): Promise<Settled> {
		const { card, pin, code = '', caller } = given;
		const keys = parts.keysOf(library.id);
		const about = { database: parts.database, keys, library: library.id, now: parts.clock.now() };
		const pair = keys.attempt(`both\0${card}\0${pin}`);
		const question = `${library.id}${keys.attempt(`${pair}\0${code}\0${given.holder ?? ''}`)}`;
		const known = running.get(question);
		if (known) return known;
		const asking = (async (): Promise<Settled> => {
			const wary =
				caller && (await watch.look(library, caller, () => isFamiliar(parts, library, card, caller)));
			if (wary && wary.seconds > 0) return { checked: { outcome: 'wait', ...wary }, asked: false };
			const read = code.trim() === '' ? null : await readProof(about, code);
			const proof = read?.carries ? read : null;
			if (code.trim() !== '' && proof === null) {
				await watch.wrong(library, caller, false);
				return { checked: { outcome: 'bad_code' }, asked: false };
			}
			return checkPair(parts, watch, { library, keys, ...given, pair, proof });
		})();
		running.set(question, asking);
		return asking.finally(() => running.delete(question));
	}

	return async (library, given) => {
		const started = parts.pace.now();
		const settings = parts.signIn(library.slug);
		const card = numberOf(library, settings, given.card);
		const fault = closedTo(settings, card) ?? faultOfForm(library, settings, { card, pin: given.pin });
		const { checked, asked } = fault
			? { checked: fault, asked: false }
			: await ask(library, { ...given, card });
		const refused = checked.outcome === 'no_match' || checked.outcome === 'bad_code';
		// One length of time for every refusal, so that the answer tells no more than its words.
		if (refused) await parts.pace.refuse(library.id, { started, asked });
		const took = Math.round(parts.pace.now() - started);
		parts.log.info('card_checked', { library: library.slug, operation: checked.outcome, duration_ms: took });
		return checked;
	};
}

/** Did the holder of this card come in in this browser before? */
async function isFamiliar(parts: CardParts, library: LibraryRecord, card: string, { browser }: Caller) {
	if (browser === null) return false;
	const keys = parts.keysOf(library.id);
	const link: Link = { kind: 'card', hash: keys.identity('card', card) };
	const account = await accountOfLink(parts.database, library.id, link);
	return (
		account !== undefined &&
		isKnownBrowser(parts.database, account.id, browserHash(keys, account.id, browser))
	);
}

interface Settled {
	readonly checked: Checked;
	/** Did the catalogue say no? */
	readonly asked: boolean;
}

/**
 * While settings are a draft nobody comes in, and while they are tried only the canaries do: they are cards of nobody. Where everybody comes in elsewhere, no card
 * is asked about, from whatever form it came.
 */
function closedTo(settings: SignInSettings | null, card: string): Refused | null {
	if (settings?.elsewhere?.only) return { outcome: 'not_open' };
	if (settings === null || settings.state === 'live') return null;
	return settings.state === 'test' && isCanary(settings, card) ? null : { outcome: 'not_open' };
}

function isCanary({ canaries = [] }: SignInSettings, card: string): boolean {
	return canaries.some((canary) => canary.card === card);
}

interface Question extends Given {
	readonly library: LibraryRecord;
	readonly keys: LibraryKeys;
	/** Keyed hash of card and PIN together. */
	readonly pair: string;
	readonly proof: Proof | null;
}

async function checkPair(parts: CardParts, watch: Watch, question: Question): Promise<Settled> {
	const { library, keys, card, pin, pair, caller } = question;
	const { database, log, pace } = parts;
	const settings = parts.signIn(library.slug);
	const belief = settings ? await parts.canaries.believes(library, settings) : 'unknown';
	if (!settings || belief !== 'yes') {
		// It goes on as long as anybody comes.
		if (belief === 'off') await alertStaff(parts, library, 'catalogue_lies');
		log.warn('catalogue_not_asked', { library: library.slug, error_code: settings ? 'canary' : 'not_set' });
		// As long as somebody is kept out by it, it is so now.
		if (belief === 'off') await alertStaff(parts, library, 'catalogue_lies');
		return { checked: { outcome: belief === 'off' ? 'switched_off' : 'silent' }, asked: false };
	}
	const now = parts.clock.now();
	const when = { now, zone: library.zone };
	const connector = parts.connectors.of(library, settings);
	const budget = budgetFor(settings.locks_after ?? null, settings.probe_new_cards ? 2 : 1);
	const [ofCard, silence] = [keys.attempt(`card\0${card}`), keys.attempt(`silence\0${card}`)];
	const about = { library: library.id, card: ofCard, silence, pair, now };
	const heard = await forward<CardResult>(database, about, budget, async () => {
		const began = pace.now();
		// Where everybody comes in, a card of nobody does not.
		if (settings.state === 'live' && isCanary(settings, card)) return REFUSED;
		if (settings.probe_new_cards && !(await isKnownCard(parts, question))) {
			const { holds, result } = await tryAnyPin(connector, { card, pin }, when);
			if (holds === null) return { verdict: verdictOf(result), answer: NOT_PROBED };
			if (!holds) {
				log.warn('card_without_pin', { library: library.slug });
				return REFUSED;
			}
		}
		const answer = await connector.check(card, pin, when);
		if (answer.outcome === 'bad_credentials') pace.heard(library.id, pace.now() - began);
		return { verdict: verdictOf(answer), answer };
	});
	if (!heard.matched && heard.unanswered) return { checked: { outcome: 'silent' }, asked: false };
	if (!heard.matched || heard.answer.outcome === 'bad_credentials') {
		await watch.wrong(library, caller, !heard.matched && heard.newCard);
		const asked = !heard.matched && heard.asked;
		return { checked: { outcome: 'no_match', tries: budget.quarter }, asked };
	}
	const { answer } = heard;
	if (answer.outcome !== 'ok') {
		log.warn('catalogue_silent', { library: library.slug, error_code: answer.reason });
		const alert = alertBy(answer);
		if (alert) await alertStaff(parts, library, alert);
		return { checked: { outcome: 'silent' }, asked: false };
	}
	await watch.right(library);
	const admission = admit(answer.facts, settings.rules ?? {}, dateIn(library.zone, now));
	return { checked: await settled(parts, question, { facts: answer.facts, admission, now }), asked: false };
}

const REFUSED = { verdict: 'wrong', answer: { outcome: 'bad_credentials' } } as const;
const NOT_PROBED = { outcome: 'unavailable', reason: 'not_probed' } as const;

/** Did anybody sign in with this card before? */
async function isKnownCard(parts: CardParts, { library, keys, card }: Question): Promise<boolean> {
	const link: Link = { kind: 'card', hash: keys.identity('card', card) };
	return (await accountOfLink(parts.database, library.id, link)) !== undefined;
}

/** What the catalogue's answer means for the budget of the card. */
function verdictOf(answer: CardResult): Verdict {
	if (answer.outcome === 'ok') return 'right';
	if (answer.outcome === 'bad_credentials') return 'wrong';
	return answer.mayCount ? 'unanswered' : 'unknown';
}

/** Finds the account, or makes one for somebody whom nothing keeps out. */
async function settled(
	parts: CardParts,
	{ library, keys, proof, holder }: Question,
	{ facts, admission, now }: { facts: CardFacts; admission: Admission; now: number },
): Promise<Checked> {
	if (admission.standing === 'none') return { outcome: 'see_desk' };
	// The card as the catalogue has it, which may be another than the name or the former number that was typed.
	const linkOf = (card: string): Link => ({ kind: 'card', hash: keys.identity('card', card) });
	const links = [linkOf(facts.card)];
	if (facts.stableId !== null) links.push({ kind: 'ils_id', hash: keys.identity('ils_id', facts.stableId) });
	const obstacle = admission.standing === 'porch' ? admission.obstacle : null;
	const endedOn = facts.expired ? facts.expiresOn : null;
	const sought = await accountFor(parts.database, {
		library: library.id,
		links,
		ageBand: ageBand(facts.age),
		standing: admission.standing,
		...coarseTime(library.zone, now),
		freshId: parts.randomId(),
		...(proof ? { proven: proof } : holder ? { proven: { account: holder } } : {}),
		formerCards: facts.formerCards.map(linkOf),
		mayBegin: obstacle === null,
	});
	switch (sought.outcome) {
		case 'found': {
			const { account, fresh } = sought;
			const carried = links.length > 1;
			return { outcome: 'ok', account, fresh, carried, by: proof?.way ?? null, obstacle, endedOn };
		}
		case 'another_holder':
			parts.log.warn('card_has_another_holder', { library: library.slug });
			return { outcome: 'see_desk' };
		case 'another_account':
			return { outcome: 'another_account' };
		case 'spent':
			return { outcome: 'bad_code' };
		case 'nobody':
			return { outcome: 'not_admitted', obstacle: obstacle!, endedOn };
	}
}
