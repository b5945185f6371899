import { type Contact, isDivision } from './contact.ts';
import type { Address } from './register.ts';
import type { ContactInLog } from './statement.ts';

/** A contact as it is told: whom to turn to and how, and not when that was last looked at. */
export interface ToldContact {
	readonly of: 'library' | 'branch';
	readonly role: string;
	readonly name: string | null;
	readonly body: string | null;
	readonly division: string | null;
	readonly phone: string | null;
	readonly email: string | null;
	readonly address: Address | null;
	readonly languages: readonly string[];
	readonly term_end: string | null;
}

/**
 * The contacts that hold at a branch, its own and the library's, as one document. The log names the SHA-256 of its canonical JSON (RFC 8785), so the
 * same contacts in another order are the same document.
 */
export interface ContactsDocument {
	readonly type: 'understory/contacts/v1';
	/** Host of the branch, with its port where it has one. */
	readonly branch: string;
	readonly contacts: readonly ToldContact[];
}

/** The document of a branch, of the contacts of its library. */
export function contactsDocument(
	branch: { readonly id: string; readonly origin: string },
	contacts: readonly Contact[],
): ContactsDocument {
	const told = contacts
		.filter((contact) => contact.branch === null || contact.branch === branch.id)
		.map((contact) => [JSON.stringify(toldContact(contact)), toldContact(contact)] as const);
	return {
		type: 'understory/contacts/v1',
		branch: new URL(branch.origin).host,
		contacts: [...new Map(told)].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, contact]) => contact),
	};
}

function toldContact(contact: Contact): ToldContact {
	const { address } = contact;
	return {
		of: contact.branch === null ? 'library' : 'branch',
		role: contact.role,
		name: contact.name,
		body: contact.body ?? null,
		division: contact.division ?? null,
		phone: contact.phone,
		email: contact.email ?? null,
		address: address && {
			...{ street: address.street, city: address.city, region: address.region, postcode: address.postcode },
		},
		languages: contact.languages ?? [],
		term_end: contact.term_end ?? null,
	};
}

/** Letters of any script, digits and what stands in titles: no address of a person and no handle fits. */
export const OFFICE = "^[\\p{L}\\p{N}][\\p{L}\\p{M}\\p{N} .,:;'’&()/+-]{0,119}$";
const NOT_OFFICE = /[^\p{L}\p{M}\p{N} .,:;'’&()/+-]+/gu;

/** Who is responsible, as the log says it: the office, and never a name, a number or an address. */
export function officeInLog({
	of,
	role,
	body,
	division,
}: ToldContact): Omit<ContactInLog, 'what' | 'sha256' | 'replaces'> {
	return {
		of,
		role: inLog(role) ?? 'contact',
		body: inLog(body),
		division: division && isDivision(division) ? division : null,
	};
}

function inLog(text: string | null): string | null {
	const words = (text ?? '')
		.replace(NOT_OFFICE, ' ')
		.replace(/ +/g, ' ')
		.replace(/^[^\p{L}\p{N}]+/u, '');
	return [...words].slice(0, 120).join('').trim() || null;
}
