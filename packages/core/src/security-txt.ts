import { type Contact, ownContacts } from './contact.ts';

/** For how long one is good; it is made anew with each request, and RFC 9116 advises less than a year. Milliseconds. */
const GOOD_FOR = 180 * 24 * 60 * 60_000;

/**
 * `/.well-known/security.txt` (RFC 9116) from the library's own contacts that work: its e-mail addresses and telephones, and not those of its council, then the page that names whom to ask. `canonical` and
 * `page` are whole addresses; `now` is UTC milliseconds.
 */
export function securityTxt(about: {
	readonly contacts: readonly Contact[];
	readonly languages: readonly string[];
	readonly canonical: string;
	readonly page: string;
	readonly now: number;
}): string {
	const own = ownContacts(about.contacts);
	const uris = [
		...own.flatMap(({ email }) => (email ? [`mailto:${email}`] : [])),
		...own.flatMap(({ phone }) => (phone ? [telephone(phone)] : [])),
	];
	const lines = [
		...[...new Set(uris)].map((uri) => `Contact: ${uri}`),
		`Contact: ${about.page}`,
		`Expires: ${new Date(about.now + GOOD_FOR).toISOString().slice(0, 10)}T00:00:00Z`,
		`Preferred-Languages: ${about.languages.join(', ')}`,
		`Canonical: ${about.canonical}`,
	];
	return `${lines.join('\n')}\n`;
}

/** Ten digits are a number of North America; anything else stays as it was written (RFC 3966). */
function telephone(phone: string): string {
	const digits = phone.replace(/[\s().-]/g, '');
	return /^\d{10}$/.test(digits)
		? `tel:+1-${digits.slice(0, 3)}-${digits.slice(3, 6)}-${digits.slice(6)}`
		: `tel:${digits}`;
}
