import type { Download } from '../data/downloads.ts';
import { CSV_COLUMNS } from '../data/statements-csv.ts';
import type { Reading } from './reading.ts';

/** `/data`: what can be downloaded, with its size and its SHA-256, and what the columns are. */
export function dataPage({ t, library, reader }: Reading, files: readonly Download[]) {
	const number = new Intl.NumberFormat(reader.language);
	return {
		title: t('data.title', { library: library.register.library.name }),
		files: files.map(({ path, bytes, sha256 }) => ({
			href: `/${path}`,
			name: path.split('/').at(-1),
			what: t(`data.file.${path.replace(/^.*\//, '').replace('.', '_')}`),
			size: t('data.bytes', { count: number.format(bytes) }),
			sha256,
		})),
		columns: CSV_COLUMNS,
	};
}
