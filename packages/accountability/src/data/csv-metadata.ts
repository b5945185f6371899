import type { Library } from '../registers.ts';
import { LICENCE } from './licence.ts';
import { COLUMNS } from './statement-columns.ts';

/** A phrase of this room in one language. */
export type WordsIn = (language: string, key: string, values?: Readonly<Record<string, string>>) => string;

/** Where a CSV file's metadata stands: where whoever knows the file looks for it (W3C tabular data model, section 5.3). */
export const CSV_METADATA = 'statements.csv-metadata.json';

/** What `statements.csv` is, column by column, for programs that read CSV on the Web (W3C metadata vocabulary for tabular data). */
export function csvMetadata(
	library: Library,
	modified: string,
	languages: readonly string[],
	words: WordsIn,
): object {
	const said = (key: string, values?: Readonly<Record<string, string>>): Record<string, string> =>
		Object.fromEntries(languages.map((language) => [language, words(language, key, values)]));
	const inEach = (key: string, values?: Readonly<Record<string, string>>) =>
		Object.entries(said(key, values)).map(([language, text]) => ({ '@value': text, '@language': language }));
	return {
		'@context': ['http://www.w3.org/ns/csvw', { '@language': 'en' }],
		url: 'statements.csv',
		'dc:title': inEach('data.statements.title', { library: library.register.library.name }),
		'dc:description': inEach('data.statements.text'),
		'dc:publisher': library.register.library.name,
		'dc:license': { '@id': LICENCE },
		'dc:modified': { '@value': modified, '@type': 'date' },
		dialect: { encoding: 'utf-8', lineTerminators: ['\r\n'], header: true },
		tableSchema: {
			columns: COLUMNS.map(({ name, type, optional = false, list = false }) => ({
				name,
				titles: name,
				'dc:description': inEach(`data.column.${name}`),
				datatype: type,
				...(list ? { separator: ' ' } : { required: !optional }),
			})),
			primaryKey: 'id',
		},
	};
}
