/** What a door shows to whoever asks for a name. */
export interface ShownCertificate {
	/** Why a browser would not take it: the code of OpenSSL or of the platform, or a sentence; null when it would. */
	readonly refused: string | null;
	/** UTC milliseconds, both. */
	readonly from: number;
	readonly until: number;
}

/** What is known of an encrypted connection before anything is said, as Node's TLS sockets have it. */
export interface ShakenHands {
	readonly authorized: boolean;
	/** Why not: Node gives its code, and an `Error` to some. */
	readonly authorizationError?: unknown;
	getPeerCertificate(): { readonly valid_from: string; readonly valid_to: string };
}

/** What was shown on a connection that takes any certificate, so that one which a browser refuses says why. */
export function shownOn(line: ShakenHands): ShownCertificate {
	const { valid_from, valid_to } = line.getPeerCertificate();
	const why = line.authorizationError;
	const refused = line.authorized ? null : String((why as Error | undefined)?.message ?? why);
	return { refused, from: Date.parse(valid_from), until: Date.parse(valid_to) };
}

/** Whoever renews does so when a third of a certificate's time is left, a month of the usual three: with less than this of it something is in the way. */
const LEAST_LEFT = 1 / 6;

/** Should it have been renewed by now? */
export function isLate({ from, until }: Pick<ShownCertificate, 'from' | 'until'>, now: number): boolean {
	return until - now < (until - from) * LEAST_LEFT;
}
