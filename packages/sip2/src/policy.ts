import type { MisconfiguredReason, Sip2Answer, UnavailableReason } from './decision.ts';
import type { PatronFacts } from './facts.ts';

/** What a catalogue's answer comes to under the default policy. Of the person only the age in years is used, for the age band. */
export type Sip2Decision =
	| {
			readonly outcome: 'ok';
			/** YYYY-MM-DD when the card has ended: it keeps the porch (DESIGN section 2). Null while it is good. */
			readonly expiredOn: string | null;
			/** Whole years, or null when the catalogue did not say. */
			readonly age: number | null;
			/** The catalogue's own id of the patron, where it gives one. Never leaves the bridge but as a keyed hash. */
			readonly internalId: string | null;
	  }
	/** Unknown card and wrong PIN are one answer. */
	| { readonly outcome: 'bad_credentials' }
	/** Card and PIN are right, and still no. */
	| { readonly outcome: 'refused_by_policy'; readonly reason: 'lost' | 'blocked' | 'elsewhere' }
	| { readonly outcome: 'unavailable'; readonly reason: UnavailableReason }
	| { readonly outcome: 'misconfigured'; readonly reason: MisconfiguredReason };

/** Which of the patrons of a shared catalogue belong to this library; a list that is missing restricts nothing. */
export interface Restriction {
	/** How card numbers of this library begin. */
	readonly prefixes?: readonly string[];
	/** Values of the home library. */
	readonly homes?: readonly string[];
}

/**
 * What stops a sign-in when nobody says otherwise (reference/library-sso.md 1.4): a lost card, a patron who is barred, a patron of another library.
 * Nothing about money or books: what somebody owes does not keep them from speaking.
 */
export function byDefaultPolicy(answer: Sip2Answer, restriction: Restriction = {}): Sip2Decision {
	if (answer.outcome !== 'ok') return answer;
	const { facts } = answer;
	const against = standsAgainst(facts, restriction);
	if (against) return { outcome: 'refused_by_policy', reason: against };
	return {
		outcome: 'ok',
		expiredOn: facts.expired ? facts.expiresOn : null,
		age: facts.age,
		internalId: facts.stableId,
	};
}

function standsAgainst(
	facts: PatronFacts,
	{ prefixes, homes }: Restriction,
): 'lost' | 'blocked' | 'elsewhere' | null {
	if (prefixes && !prefixes.some((prefix) => facts.card.startsWith(prefix))) return 'elsewhere';
	if (homes && !homes.includes(facts.location ?? '')) return 'elsewhere';
	if (facts.flags.includes('card_lost')) return 'lost';
	// Catalogues call an expired card blocked too; that one keeps the porch.
	if (facts.barred && !facts.expired) return 'blocked';
	// Over, and nobody knows since when: a person at the desk does.
	return facts.expired && facts.expiresOn === null ? 'blocked' : null;
}
