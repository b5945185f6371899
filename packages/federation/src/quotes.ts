import type { Audience } from '@understory/core/scope.ts';

/** What a post quotes, and how that stands (FEP-044f). Never the words of what is quoted. */
export interface WireQuote {
	/** Id of the quoted post; null when it is not to be quoted any more. */
	readonly uri: string | null;
	/** Whom the quoted post is for: the quote goes to nobody else. */
	readonly audience: Audience;
	/** Its page for people. */
	readonly url: string;
	/** Has its author said yes? */
	readonly agreed: boolean;
	/** Address of their QuoteAuthorization; null for a post of one's own, which needs none. */
	readonly stamp: string | null;
	/** When that was so last, UTC milliseconds. */
	readonly changed: number;
}

/** What a post from elsewhere says that it quotes. */
export interface IncomingQuote {
	/** Id of the quoted post; null when the sender says that it is not to be quoted any more. */
	readonly uri: string | null;
	/** Was it said by the name that stands for consent (`quote`, FEP-044f), not by one of the older ones? */
	readonly byConsent: boolean;
	/** Where the consent is said to be. */
	readonly stamp: string | null;
}

/** A QuoteRequest of ours: its id, and the actor who is asked. */
export interface QuoteAsk {
	readonly id: string;
	readonly author: string;
}

/** A QuoteRequest that somebody sent us: its id, who asks, the post of ours, and the id of the post that is to quote it. */
export interface TheirQuoteRequest {
	readonly id: string;
	readonly actor: string;
	readonly object: string;
	readonly quoting: string;
}

/** A QuoteAuthorization as it was found at its own address (FEP-044f). All of them are ids. */
export interface FetchedStamp {
	readonly author: string;
	readonly quoting: string;
	readonly quoted: string;
}
