import type { Address, Contact } from '@understory/core/register.ts';
import type { Reading } from './reading.ts';

/** A contact as the pages show it. */
export interface ContactLine {
	readonly role: string;
	readonly name: string | null;
	readonly phone: string | null;
	readonly address: string | null;
	readonly source: string;
	readonly checked: string;
	readonly ofLibrary: boolean;
}

/** Roles that the platform itself gives out; a library's own are in its own words. */
const ROLES = new Set(['library', 'branch']);

/** The line of a contact, with when it was last checked. */
export function contactLine({ t, date }: Reading, contact: Contact): ContactLine {
	return {
		role: ROLES.has(contact.role) ? t(`contact.roles.${contact.role}`) : contact.role,
		name: contact.name,
		phone: contact.phone && phoneInWords(contact.phone),
		address: contact.address && addressInWords(contact.address),
		source: contact.source,
		checked: contact.checked_on
			? t('contact.checked', { date: date(contact.checked_on) })
			: t('contact.unchecked'),
		ofLibrary: contact.branch === null,
	};
}

/** `512 N Killingsworth St, Portland, OR 97217`. */
export function addressInWords({ street, city, region, postcode }: Address): string {
	return [street, city, [region, postcode].filter(Boolean).join(' ')].filter(Boolean).join(', ');
}

/** `5039885394` is `503-988-5394`; anything else stays as it was written. */
export function phoneInWords(phone: string): string {
	const match = /^(\d{3})(\d{3})(\d{4})$/.exec(phone);
	return match ? match.slice(1).join('-') : phone;
}
