import type { SignInReason } from '@understory/core/sign-in-reasons.ts';
import type { Block } from '@understory/core/sign-in-settings.ts';

/**
 * How a library's catalogue is asked about a card: one way for each maker's system, all of them held to `conformance.ts`. A connector asks and judges the
 * answer; whether somebody may come in is decided from its facts by the library's rules (`card/admission.ts`). It never writes to the catalogue, never asks
 * twice with one PIN, and keeps and logs nothing of a patron.
 */
export interface Connector {
	readonly kind: string;
	/**
	 * Do this card and this secret (PIN or password) belong together? Only an exact positive answer is `ok`. What goes wrong is the result, not an
	 * exception. A card or a secret that is empty, or that the catalogue's protocol cannot carry, is refused without asking.
	 */
	check(card: string, secret: string, when: When): Promise<CardResult>;
	/**
	 * The same question with nothing refused beforehand but what the protocol cannot carry, so that an empty secret is sent; with null none is. For trying the catalogue with the
	 * library's own canary, never for what somebody typed.
	 */
	probe(card: string, secret: string | null, when: When): Promise<CardResult>;
	/** Looks whether the catalogue is there and takes the library's own login, without anybody's card. For the self-test, and to try again after it was away. */
	reach(when: When): Promise<Reached>;
}

export type Reached = { readonly outcome: 'there' } | Extract<CardResult, { reason: string }>;

/** What is asked of a catalogue beside age, expiry and stable id, where the library's rules look at it. */
export type Want = 'location' | 'patron_type';

/** When it is asked: UTC milliseconds, and the library's IANA zone, by whose calendar a card ends and a birthday comes. */
export interface When {
	readonly now: number;
	readonly zone: string;
}

export type CardResult =
	| { readonly outcome: 'ok'; readonly facts: CardFacts }
	/** Unknown card and wrong secret are one answer. */
	| { readonly outcome: 'bad_credentials' }
	/** Nobody can tell now. `reason` is a word for the log. */
	| ({ readonly outcome: 'unavailable'; readonly reason: SignInReason } & BrokenOff)
	/** Library IT has to look: the catalogue answered, but not as it was said to. */
	| ({ readonly outcome: 'misconfigured'; readonly reason: SignInReason } & BrokenOff);

interface BrokenOff {
	/** There when the secret was on its way and no verdict came back: the catalogue may have counted a wrong one. */
	readonly mayCount?: true;
}

/**
 * What a catalogue says of a patron whose card and secret are right; null where it says nothing. Of the person only whole years are taken, for the age
 * band. Nothing here is kept but keyed hashes of `card` and `stableId`.
 */
export interface CardFacts {
	/** The card number by the catalogue's own account: what was given, or what a name or a former number stands for. */
	readonly card: string;
	/** Numbers of cards the patron had before, where the catalogue tells. */
	readonly formerCards: readonly string[];
	/** The catalogue's own id of the patron, which outlives a card (reference/library-sso.md 2.4). */
	readonly stableId: string | null;
	/** YYYY-MM-DD, the last day on which the card is good. */
	readonly expiresOn: string | null;
	/** Has the card ended, by its date or by the catalogue's word? Grace is not counted here. */
	readonly expired: boolean;
	/** Age in whole years. */
	readonly age: number | null;
	/** The home library, in the catalogue's own words. */
	readonly location: string | null;
	readonly patronType: string | null;
	readonly blocks: readonly Block[];
}
