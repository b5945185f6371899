import type { Contact } from '@understory/core/contact.ts';
import { inDegrees } from '@understory/core/location.ts';
import { policiesInForce } from '@understory/core/policy-versions.ts';
import type { Address, BranchRecord } from '@understory/core/register.ts';
import { isServed } from '@understory/core/stage.ts';
import type { Library } from '../registers.ts';
import { contactsOf } from './branches-json.ts';
import type { CatalogWords } from './catalog-json.ts';
import type { Download } from './downloads.ts';
import { LICENCE } from './licence.ts';

/** What search engines are told of a page in the words of schema.org; nothing that the page itself does not show. */
export type LinkedData = Readonly<Record<string, unknown>>;

const CONTEXT = { '@context': 'https://schema.org' };

/** The library, for its first page. */
export function libraryLinkedData(library: Library): LinkedData {
	const { contacts } = library.register;
	return {
		...CONTEXT,
		...organization(library),
		contactPoint: contacts.filter(({ branch }) => branch === null).map(contactPoint),
	};
}

/** A branch with its address, contacts and the rules in force on a day (YYYY-MM-DD). */
export function branchLinkedData(library: Library, branch: BranchRecord, today: string): LinkedData {
	const { origin, register } = library;
	const page = `${origin}/branches/${new URL(branch.origin).host}`;
	return {
		...CONTEXT,
		'@type': 'Library',
		'@id': page,
		name: branch.name,
		url: isServed(branch.stage) ? `${branch.origin}/` : page,
		address: postalAddress(branch.address),
		...(branch.location ? { geo: { '@type': 'GeoCoordinates', ...inDegrees(branch.location) } } : {}),
		...(branch.phone ? { telephone: branch.phone } : {}),
		parentOrganization: organization(library),
		publishingPrinciples: policiesInForce(register.policies, branch, today).map(
			({ id, version }) => `${origin}/policies/${id}/${version}`,
		),
		contactPoint: contactsOf(library, branch).map(contactPoint),
	};
}

/** The files that can be downloaded. */
export function dataLinkedData(library: Library, files: readonly Download[], t: CatalogWords): LinkedData {
	const { origin } = library;
	return {
		...CONTEXT,
		'@type': 'Dataset',
		'@id': `${origin}/data`,
		name: t('data.title', { library: library.register.library.name }),
		description: t('data.lead'),
		url: `${origin}/data`,
		license: LICENCE,
		isAccessibleForFree: true,
		creator: organization(library),
		distribution: files.map(({ path, type, bytes, sha256 }) => ({
			'@type': 'DataDownload',
			contentUrl: `${origin}/${path}`,
			encodingFormat: type.split(';')[0],
			contentSize: `${bytes} B`,
			sha256,
		})),
	};
}

function organization({ origin, register }: Library): LinkedData {
	return {
		'@type': 'GovernmentOrganization',
		'@id': `${origin}/`,
		name: register.library.name,
		url: `${origin}/`,
	};
}

/** Who it is stands in the register; a contact that does not work is not recommended to anybody. */
function contactPoint(contact: Contact): LinkedData {
	const { role, name, body, phone, email, languages, division, broken_on } = contact;
	return {
		'@type': 'ContactPoint',
		contactType: body ? `${role}, ${body}` : role,
		...(name ? { name } : {}),
		...(phone && !broken_on ? { telephone: phone } : {}),
		...(email && !broken_on ? { email } : {}),
		...(languages?.length ? { availableLanguage: languages } : {}),
		...(division ? { areaServed: division } : {}),
	};
}

function postalAddress({ street, city, region, postcode }: Address): LinkedData {
	return {
		'@type': 'PostalAddress',
		streetAddress: street,
		addressLocality: city,
		addressRegion: region,
		postalCode: postcode,
	};
}
