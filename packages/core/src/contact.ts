import type { Address } from './register.ts';

/** Somebody or some place to turn to (reference/accountability.md section 4), as the register carries it. */
export interface Contact {
	readonly role: string;
	readonly name: string | null;
	readonly phone: string | null;
	readonly address: Address | null;
	/** A branch id, or null for the library. */
	readonly branch: string | null;
	/** Where it was taken from, and when it was last checked (YYYY-MM-DD). */
	readonly source: string;
	readonly checked_on: string | null;
	/** Who checked it: a person or an office, never a patron. */
	readonly checked_by?: string | null;
	/** The body it belongs to, `City Council`; missing for a library and its branches. */
	readonly body?: string | null;
	/** Open Civic Data division id, `ocd-division/country:us/state:or/place:portland/council_district:1`. */
	readonly division?: string | null;
	readonly email?: string | null;
	/** BCP 47 tags of the languages they answer in. */
	readonly languages?: readonly string[];
	/** YYYY-MM-DD, the last day of the term. */
	readonly term_end?: string | null;
	/** YYYY-MM-DD since when it is known not to work. */
	readonly broken_on?: string | null;
	/** Made up for the sample town. */
	readonly sample?: boolean;
}

/** How long a check holds, in days. */
export const CHECK_HOLDS = 90;

const DAY = 24 * 60 * 60_000;

/** What a reader should know of a contact before they rely on it; the worst that is true. */
export type ContactState = 'checked' | 'unchecked' | 'old' | 'term_over' | 'broken';

/** How a contact stands on a day (YYYY-MM-DD). */
export function contactState(contact: Contact, today: string): ContactState {
	if (contact.broken_on) return 'broken';
	if (contact.term_end && contact.term_end < today) return 'term_over';
	if (!contact.checked_on) return 'unchecked';
	return Date.parse(today) - Date.parse(contact.checked_on) > CHECK_HOLDS * DAY ? 'old' : 'checked';
}

/** Those of the library itself that work, as far as one knows: no council, no board, and not what is known to be broken. */
export function ownContacts(contacts: readonly Contact[]): Contact[] {
	return contacts.filter(({ branch, body, broken_on }) => branch === null && !body && !broken_on);
}

/** Where a branch is written to: its own e-mail address, else its library's; null where neither named one that works. */
export function emailOf(contacts: readonly Contact[], branch: string): string | null {
	const own = contacts.filter((contact) => contact.branch === branch && !contact.broken_on);
	return [...own, ...ownContacts(contacts)].find(({ email }) => email)?.email ?? null;
}

/** Is this an Open Civic Data division id (https://open-civic-data.readthedocs.io, proposal 2)? */
export function isDivision(text: string): boolean {
	return text.length <= 300 && /^ocd-division\/country:[a-z]{2}(?:\/[a-z_]+:[a-z0-9._~-]+)*$/.test(text);
}
