import { BadInput } from '@understory/core/errors.ts';
import { LIST_COLUMNS } from '../imports/list-row.ts';

/** Which of the survey's files this is, or a list of our own form. */
export type SurveyFile = 'outlets' | 'systems' | 'list';

const NEEDED: Record<SurveyFile, readonly string[]> = {
	outlets: [
		'STABR',
		'FSCSKEY',
		'FSCS_SEQ',
		'LIBNAME',
		'ADDRESS',
		'CITY',
		'ZIP',
		'PHONE',
		'C_OUT_TY',
		'STATSTRU',
	],
	systems: ['STABR', 'FSCSKEY', 'LIBNAME', 'ADDRESS', 'CITY', 'ZIP', 'PHONE', 'C_ADMIN', 'STATSTRU'],
	list: LIST_COLUMNS.needed,
};

/**
 * Tells an outlet file, a systems file and a list of our own from each other by their header. Columns come, go and move between editions, so
 * only their names count. Throws `BadInput` that names the missing columns when it is none of them, and for a list with a column that we do not
 * know: what somebody wrote there would be lost.
 */
export function surveyFileOf(header: readonly string[]): SurveyFile {
	const missing = (file: SurveyFile) => NEEDED[file].filter((column) => !header.includes(column));
	if (missing('outlets').length === 0) return 'outlets';
	if (missing('systems').length === 0) return 'systems';
	if (missing('list').length === 0) {
		const known: readonly string[] = [...LIST_COLUMNS.needed, ...LIST_COLUMNS.others];
		const unknown = header.filter((column) => !known.includes(column));
		if (unknown.length === 0) return 'list';
		const names = unknown.map((column) => `"${column.slice(0, 40)}"`).join(', ');
		throw new BadInput(`A list of branches has no such column: ${names}. It has ${known.join(', ')}.`);
	}
	const nearest = missing('outlets').length <= missing('systems').length ? 'outlets' : 'systems';
	throw new BadInput(
		`This is not a file of the Public Libraries Survey as we know it: as a list of ${nearest} it lacks ${missing(nearest).join(', ')}. Nor is it a list of branches of our own form, as which it lacks ${missing('list').join(', ')}.`,
		missing(nearest).map((column) => ({ field: column, text: 'This column is missing.' })),
	);
}
