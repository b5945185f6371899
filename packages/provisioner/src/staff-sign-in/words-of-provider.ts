import type { Match } from '../store/console-grants.ts';

/** What a provider's word says of somebody: how they are called here, and what a grant may be met by. */
export interface SaidOfSomebody {
	readonly who: string;
	readonly words: readonly (readonly [Match, string])[];
}

/** So many groups are read; a provider that sends more means somebody who is in all of them. */
const MOST_GROUPS = 200;

/**
 * Reads the claims of an ID token that was checked. An e-mail counts when the provider says that it verified it (OpenID Connect Core 5.1), and in small letters; groups
 * are texts in the claim that the settings name.
 */
export function wordsOf(claims: Readonly<Record<string, unknown>>, groupsClaim: string): SaidOfSomebody {
	const sub = String(claims.sub);
	const email =
		typeof claims.email === 'string' && claims.email_verified === true ? mailIn(claims.email) : null;
	const groups = Object.hasOwn(claims, groupsClaim) ? [claims[groupsClaim]].flat() : [];
	const texts = groups.filter((one) => typeof one === 'string').slice(0, MOST_GROUPS);
	return {
		who: plain(email ?? sub),
		words: [
			['subject', sub],
			...(email === null ? [] : [['email', email] as const]),
			...texts.map((group) => ['group', group] as const),
		],
	};
}

/** An e-mail address as two of them are compared. */
export function mailIn(text: string): string {
	return text.trim().toLowerCase();
}

/** Nothing but signs that can be read, and not too many: it stands in lists and in the audit. */
function plain(text: string): string {
	return text.replace(/[\p{Cc}\p{Cf}]/gu, '').slice(0, 200);
}
