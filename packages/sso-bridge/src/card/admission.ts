import type { AdmissionRules, Restriction, StoppingBlock } from '@understory/core/sign-in-settings.ts';
import { matches as isOf } from '@understory/sip2/pattern.ts';
import type { CardFacts, Want } from '../connectors/connector.ts';

/** What stands in somebody's way. Told only to whoever gave the right card and PIN. */
export type Obstacle =
	| 'lost_card'
	/** Their card, or their home library, is another library's. */
	| 'elsewhere'
	/** This kind of card does not open this. */
	| 'patron_type'
	| 'too_young'
	| 'age_unknown'
	| 'barred'
	| 'address'
	| 'other'
	/** The card has ended, and its grace with it. */
	| 'ended';

export type Admission =
	| { readonly standing: 'full' }
	/** Whoever was here before comes as far as the porch (DESIGN section 2); nobody begins like this. */
	| { readonly standing: 'porch'; readonly obstacle: Obstacle }
	/** Not even that: whoever holds this card may not be who it belongs to. */
	| { readonly standing: 'none'; readonly obstacle: 'lost_card' };

const MINIMUM_AGE = 13;
const GRACE_DAYS = 30;
const STOPS: readonly StoppingBlock[] = ['lost_card', 'barred'];

/**
 * How far somebody comes whose card and PIN are right. `today` is YYYY-MM-DD on the library's wall. Of what stands in their way the first is told, in an order
 * in which nothing is told that an earlier one makes nobody's business. Throws `RangeError` for a pattern that cannot be read.
 */
export function admit(facts: CardFacts, rules: AdmissionRules, today: string): Admission {
	const { stop_on: stops = STOPS } = rules;
	const stopping = stops.filter((block) => facts.blocks.includes(block));
	if (stopping.includes('lost_card')) return { standing: 'none', obstacle: 'lost_card' };
	const obstacle =
		notOurs(facts, rules.belongs ?? []) ??
		notOldEnough(facts, rules) ??
		stopping[0] ??
		(hasEnded(facts, today, rules.grace_days ?? GRACE_DAYS) ? 'ended' : null);
	return obstacle === null ? { standing: 'full' } : { standing: 'porch', obstacle };
}

/** The youngest that may come in, in whole years; for the sentence before the form. */
export function minimumAgeOf(rules: AdmissionRules = {}): number {
	return rules.minimum_age ?? MINIMUM_AGE;
}

/** Which facts of a patron the rules look at beside age and expiry; what nobody looks at is not asked for. */
export function factsWanted(rules: AdmissionRules = {}): ReadonlySet<Want> {
	const named = (rules.belongs ?? []).map(({ of }) => of);
	return new Set(named.filter((of) => of !== 'card'));
}

function notOurs(facts: CardFacts, belongs: readonly Restriction[]): Obstacle | null {
	const broken = belongs.find((restriction) => !fulfils(facts, restriction));
	if (!broken) return null;
	return broken.of === 'patron_type' ? 'patron_type' : 'elsewhere';
}

function fulfils(facts: CardFacts, restriction: Restriction): boolean {
	const { card, location, patronType: patron_type } = facts;
	const text = { card, location, patron_type }[restriction.of];
	if (text === null) return false;
	const { is, starts, matches, not = false } = restriction;
	const holds =
		is?.includes(text) ??
		starts?.some((start) => text.startsWith(start)) ??
		(matches !== undefined && isOf(matches, text));
	return holds !== not;
}

function notOldEnough({ age }: CardFacts, rules: AdmissionRules): Obstacle | null {
	const minimum = minimumAgeOf(rules);
	if (age === null) return minimum > 0 && rules.unknown_age === 'refuse' ? 'age_unknown' : null;
	return age < minimum ? 'too_young' : null;
}

/** Grace can be counted only from a day; where the catalogue says that a card is over and not since when, it is over. */
function hasEnded({ expired, expiresOn }: CardFacts, today: string, grace: number): boolean {
	if (!expired) return false;
	if (expiresOn === null || expiresOn >= today) return true;
	const days = (Date.parse(today) - Date.parse(expiresOn)) / 86_400_000;
	return days > grace;
}
