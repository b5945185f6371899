import { seal, unseal } from '@understory/core/seal.ts';
import type { LibraryKeys } from '../keys.ts';

/** What a form with a card carries along, sealed, so that nothing of it is stored: when it was shown, and what went wrong in it before. */
export interface FormTicket {
	/** By chance; a form keeps it while somebody only waits. */
	readonly id: string;
	/** UTC milliseconds. */
	readonly shown: number;
	/** How often card and PIN did not match, sent from this page and its answers, since the card was changed. */
	readonly wrong: number;
	/** Keyed hash of the card they were about; null before the first. */
	readonly card: string | null;
	/** Where its sign-in leads: the client that began it, and the origin its answer goes to. For showing the form again while nothing can be looked up; null where it leads nowhere. */
	readonly lead: { readonly client: string; readonly to: string } | null;
}

export function sealTicket(keys: LibraryKeys, path: string, ticket: FormTicket): string {
	return seal(keys.seal, about(path), JSON.stringify(ticket));
}

/** The ticket of a form that stood on this page; null when it is not ours, or another page's. */
export function readTicket(keys: LibraryKeys, path: string, text: unknown): FormTicket | null {
	if (typeof text !== 'string' || text === '') return null;
	try {
		return JSON.parse(unseal(keys.seal, about(path), text)) as FormTicket;
	} catch {
		return null;
	}
}

function about(path: string): string {
	return `form/${path}`;
}
