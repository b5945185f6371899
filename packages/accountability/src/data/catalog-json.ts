import { dateIn } from '@understory/core/calendar.ts';
import type { Library } from '../registers.ts';
import { CSV_METADATA } from './csv-metadata.ts';
import type { Download } from './downloads.ts';
import { LICENCE } from './licence.ts';

/** The words of the catalogue, in one language. */
export type CatalogWords = (key: string, values?: Readonly<Record<string, string | number>>) => string;

/** A file of a dataset. */
interface CatalogFile {
	readonly path: string;
	readonly type: string;
	readonly format: string;
	/** Where it is told what its fields mean. */
	readonly describedBy?: { readonly path: string; readonly type: string };
}

/** What belongs together under one title. */
interface CatalogDataset {
	/** Its words: `data.<name>.title`. */
	readonly name: 'statements' | 'branches';
	readonly keywords: readonly string[];
	readonly files: readonly CatalogFile[];
}

const DATASETS: readonly CatalogDataset[] = [
	{
		name: 'statements',
		keywords: ['moderation', 'transparency', 'library'],
		files: [
			{
				...{ path: 'statements.csv', type: 'text/csv', format: 'CSV' },
				describedBy: { path: CSV_METADATA, type: 'application/csvm+json' },
			},
			{
				...{ path: 'data/entries.jsonl', type: 'application/jsonl', format: 'JSON Lines' },
				describedBy: { path: 'schemas/entry-v1.json', type: 'application/schema+json' },
			},
			{ path: 'feed.json', type: 'application/feed+json', format: 'JSON Feed' },
			{ path: 'feed.atom', type: 'application/atom+xml', format: 'Atom' },
		],
	},
	{
		name: 'branches',
		keywords: ['contacts', 'policies', 'library'],
		files: [
			{ path: 'branches.json', type: 'application/json', format: 'JSON' },
			{ path: 'branches.csv', type: 'text/csv', format: 'CSV' },
			{ path: 'branches.geojson', type: 'application/geo+json', format: 'GeoJSON' },
		],
	},
];

/** When each of the datasets changed last, YYYY-MM-DD: the newest statement's day, or the register's. */
export function modifiedOn(
	library: Library,
	newestStatement: string | null,
): Record<CatalogDataset['name'], string> {
	const registered = dateIn(library.zone, library.register.issued);
	return { statements: newestStatement ?? registered, branches: registered };
}

/** Whom to ask about the data: the library itself, by its e-mail and telephone where it names them. */
function contactOf({ register }: Library): { email: string | null; phone: string | null } {
	const own = register.contacts.filter(({ branch, body }) => branch === null && !body);
	const email = own.find((contact) => contact.email)?.email ?? null;
	return { email, phone: own.find(({ phone }) => phone)?.phone ?? null };
}

/** Can data portals take the catalogue up? Both versions of DCAT-US want an e-mail address. */
export function isHarvestable(library: Library): boolean {
	return contactOf(library).email !== null;
}

/**
 * What `/data.json` says: a DCAT-US 1.1 catalogue, so that a city's data portal finds the rest by itself (reference 4). `modified` as `modifiedOn`
 * tells it. Without an e-mail address of the library it has none, and portals refuse it.
 */
export function catalogJson(
	library: Library,
	modified: ReturnType<typeof modifiedOn>,
	t: CatalogWords,
): object {
	const { register, origin } = library;
	const { name } = register.library;
	const { email } = contactOf(library);
	return {
		'@context': 'https://project-open-data.cio.gov/v1.1/schema/catalog.jsonld',
		'@id': `${origin}/data.json`,
		'@type': 'dcat:Catalog',
		conformsTo: 'https://project-open-data.cio.gov/v1.1/schema',
		describedBy: 'https://project-open-data.cio.gov/v1.1/schema/catalog.json',
		dataset: DATASETS.map((dataset) => ({
			'@type': 'dcat:Dataset',
			identifier: `${origin}/${dataset.files[0]!.path}`,
			title: t(`data.${dataset.name}.title`, { library: name }),
			description: t(`data.${dataset.name}.text`),
			keyword: dataset.keywords,
			modified: modified[dataset.name],
			accessLevel: 'public',
			publisher: { '@type': 'org:Organization', name },
			contactPoint: {
				'@type': 'vcard:Contact',
				fn: name,
				...(email ? { hasEmail: `mailto:${email}` } : {}),
			},
			license: LICENCE,
			language: [...register.library.languages],
			landingPage: `${origin}/data`,
			distribution: dataset.files.map(({ path, type, format, describedBy }) => ({
				'@type': 'dcat:Distribution',
				title: format,
				downloadURL: `${origin}/${path}`,
				mediaType: type,
				format,
				...(describedBy
					? { describedBy: `${origin}/${describedBy.path}`, describedByType: describedBy.type }
					: {}),
			})),
		})),
	};
}

/** What `/dcat-us-3.json` says: the same catalogue in DCAT-US 3.0, with sizes and checksums of the files that `/data` lists. */
export function catalog3Json(
	library: Library,
	modified: ReturnType<typeof modifiedOn>,
	t: CatalogWords,
	files: readonly Download[],
): object {
	const { register, origin } = library;
	const { name, languages } = register.library;
	const { email, phone } = contactOf(library);
	const publisher = { '@type': 'Organization', '@id': `${origin}/`, name };
	return {
		'@type': 'Catalog',
		'@id': `${origin}/dcat-us-3.json`,
		conformsTo: { '@type': 'Standard', title: 'DCAT-US 3.0' },
		title: t('data.title', { library: name }),
		publisher: { '@type': 'Agent', name },
		license: LICENCE,
		dataset: DATASETS.map((dataset) => ({
			'@type': 'Dataset',
			'@id': `${origin}/data#${dataset.name}`,
			identifier: { '@type': 'Identifier', '@id': `${origin}/data#${dataset.name}` },
			title: t(`data.${dataset.name}.title`, { library: name }),
			description: t(`data.${dataset.name}.text`),
			keyword: dataset.keywords,
			modified: modified[dataset.name],
			publisher,
			contactPoint: [
				{
					'@type': 'Kind',
					fn: name,
					...(email ? { hasEmail: `mailto:${email}` } : {}),
					...(phone ? { tel: phone } : {}),
				},
			],
			accessRights: 'public',
			rights: [t('data.licence')],
			language: [...languages],
			landingPage: { '@type': 'Document', title: t('data.heading'), accessURL: `${origin}/data` },
			distribution: dataset.files.map((file) => distribution3(origin, file, files)),
		})),
	};
}

function distribution3(origin: string, file: CatalogFile, files: readonly Download[]): object {
	const known = files.find(({ path }) => path === file.path);
	return {
		'@type': 'Distribution',
		title: file.format,
		downloadURL: `${origin}/${file.path}`,
		mediaType: file.type,
		format: file.format,
		license: LICENCE,
		...(known
			? {
					byteSize: String(known.bytes),
					checksum: { '@type': 'Checksum', algorithm: 'SHA-256', checksumValue: known.sha256 },
				}
			: {}),
		...(file.describedBy
			? {
					describedBy: {
						'@type': 'Distribution',
						downloadURL: `${origin}/${file.describedBy.path}`,
						mediaType: file.describedBy.type,
					},
				}
			: {}),
	};
}
