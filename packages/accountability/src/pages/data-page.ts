import { isHarvestable } from '../data/catalog-json.ts';
import type { Download } from '../data/downloads.ts';
import { LICENCE } from '../data/licence.ts';
import { dataLinkedData } from '../data/linked-data.ts';
import { COLUMNS } from '../data/statement-columns.ts';
import type { Reading } from './reading.ts';

/** `/data`: what can be downloaded, with its size and its SHA-256, what each column means, and for portals the catalogue. */
export function dataPage({ t, library, reader }: Reading, files: readonly Download[]) {
	const number = new Intl.NumberFormat(reader.language);
	return {
		title: t('data.title', { library: library.register.library.name }),
		files: files.map(({ path, bytes, sha256 }) => ({
			href: `/${path}`,
			name: path.split('/').at(-1),
			what: t(`data.file.${path.replace(/^.*\//, '').replaceAll(/[.-]/g, '_')}`),
			size: t('data.bytes', { count: number.format(bytes) }),
			sha256,
		})),
		columns: COLUMNS.map(({ name, type, optional, list }) => ({
			name,
			what: t(`data.column.${name}`),
			type: [
				t(`data.type.${type}`),
				...(list ? [t('data.list')] : []),
				...(optional ? [t('data.optional')] : []),
			].join(', '),
		})),
		licence: { href: LICENCE, name: 'CC0 1.0' },
		catalogs: [
			{ href: '/data.json', name: 'DCAT-US 1.1' },
			{ href: '/dcat-us-3.json', name: 'DCAT-US 3.0' },
		],
		harvestable: isHarvestable(library),
		linked: dataLinkedData(library, files, t),
	};
}
