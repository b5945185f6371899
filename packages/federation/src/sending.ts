/** Something to be sent; the branch keeps it in its outbox until `send` says it was accepted or will never be. */
export interface Delivery {
	/** JSON-LD of the activity, as made by `activity…`. */
	readonly body: string;
	/** Who signs: id of a LocalActor or `server`. */
	readonly sender: string;
	readonly inbox: string;
}

/** `gone`: stop sending there. `later`: a passing fault. `refused`: an answer that will not change. */
export type Sent =
	| { readonly outcome: 'accepted' }
	| {
			readonly outcome: 'later' | 'refused' | 'gone';
			readonly status: number | null;
			readonly reason: string;
			/** Milliseconds the other server asked us to wait (`Retry-After`, RFC 9110 10.2.3). */
			readonly retryAfter?: number;
	  };
