import { dateIn } from '@understory/core/calendar.ts';
import { type Contact, contactState } from '@understory/core/contact.ts';
import type { Address } from '@understory/core/register.ts';
import type { Reading } from './reading.ts';

/** A contact as the pages show it. */
export interface ContactLine {
	readonly role: string;
	readonly name: string | null;
	readonly phone: string | null;
	readonly address: string | null;
	readonly email: string | null;
	/** The body and the district. */
	readonly of: string | null;
	/** Languages they answer in, in words. */
	readonly languages: string | null;
	readonly source: string;
	readonly checked: string;
	/** What to know before relying on it; null when there is nothing. */
	readonly warning: string | null;
	readonly sample: boolean;
	readonly ofLibrary: boolean;
}

/** Roles that the platform itself gives out; a library's own are in its own words. */
const ROLES = new Set(['library', 'branch']);

/** A role in the reader's language, where the platform has words for it. */
export function roleName({ t }: Pick<Reading, 't'>, role: string): string {
	return ROLES.has(role) ? t(`contact.roles.${role}`) : role;
}

/** The line of a contact, with when it was last checked. */
export function contactLine(reading: Reading, contact: Contact): ContactLine {
	const { t, date, reader } = reading;
	const state = contactState(contact, dateIn(reader.zone, reader.now));
	const day = { broken: contact.broken_on, term_over: contact.term_end, old: contact.checked_on }[
		state as string
	];
	return {
		role: roleName(reading, contact.role),
		name: contact.name,
		phone: contact.phone && phoneInWords(contact.phone),
		address: contact.address && addressInWords(contact.address),
		email: contact.email ?? null,
		of: [contact.body, contact.division && district(contact.division)].filter(Boolean).join(', ') || null,
		languages: contact.languages?.length
			? t('contact.languages', { languages: inWords(reader.language, contact.languages) })
			: null,
		source: contact.source,
		warning: day ? t(`contact.state.${state}`, { date: date(day) }) : null,
		sample: contact.sample === true,
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

/** The last part of a division, as people say it: `council_district:1` is `council district 1`. */
export function district(division: string): string {
	return (division.split('/').at(-1) ?? '').replace(/[_:]/g, ' ');
}

function inWords(language: string, tags: readonly string[]): string {
	const names = new Intl.DisplayNames(language, { type: 'language' });
	return new Intl.ListFormat(language, { type: 'conjunction' }).format(
		tags.map((tag) => names.of(tag) ?? tag),
	);
}
