import { dateIn } from '@understory/core/calendar.ts';
import type { Library } from '../registers.ts';

/** The words of the catalogue, in one language. */
export type CatalogWords = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/**
 * What `/data.json` says: a DCAT-US 1.1 catalogue, so that a city's data portal finds the rest by itself (reference 4).
 * `modified` is the newest statement's date, or the register's where there is none.
 */
export function catalogJson(library: Library, modified: string | null, t: CatalogWords): object {
	const { register, origin } = library;
	const { name } = register.library;
	const phone = register.contacts.find((contact) => contact.branch === null && contact.phone)?.phone;
	const common = {
		'@type': 'dcat:Dataset',
		accessLevel: 'public',
		publisher: { '@type': 'org:Organization', name },
		contactPoint: {
			'@type': 'vcard:Contact',
			fn: name,
			hasURL: `${origin}/`,
			...(phone ? { hasTelephone: `tel:${phone}` } : {}),
		},
		license: 'https://creativecommons.org/publicdomain/zero/1.0/',
		language: [...register.library.languages],
	};
	const registered = dateIn(library.zone, register.issued);
	return {
		'@context': 'https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld',
		'@id': `${origin}/data.json`,
		'@type': 'dcat:Catalog',
		conformsTo: 'https://project-open-data.cio.gov/v1.1/schema',
		describedBy: 'https://project-open-data.cio.gov/v1.1/schema/catalog.json',
		dataset: [
			{
				...common,
				identifier: `${origin}/statements.csv`,
				title: t('data.statements.title', { library: name }),
				description: t('data.statements.text'),
				keyword: ['moderation', 'transparency', 'library'],
				modified: modified ?? registered,
				landingPage: `${origin}/`,
				distribution: [
					distribution(`${origin}/statements.csv`, 'text/csv', 'CSV'),
					distribution(`${origin}/data/entries.jsonl`, 'application/jsonl', 'JSON Lines'),
					distribution(`${origin}/feed.json`, 'application/feed+json', 'JSON Feed'),
					distribution(`${origin}/feed.atom`, 'application/atom+xml', 'Atom'),
				],
			},
			{
				...common,
				identifier: `${origin}/branches.json`,
				title: t('data.branches.title', { library: name }),
				description: t('data.branches.text'),
				keyword: ['contacts', 'policies', 'library'],
				modified: registered,
				landingPage: `${origin}/`,
				distribution: [distribution(`${origin}/branches.json`, 'application/json', 'JSON')],
			},
		],
	};
}

function distribution(downloadURL: string, mediaType: string, format: string): object {
	return { '@type': 'dcat:Distribution', downloadURL, mediaType, format };
}
