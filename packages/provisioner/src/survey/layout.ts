import { BadInput } from '@understory/core/errors.ts';

/** Which of the survey's files this is. */
export type SurveyFile = 'outlets' | 'systems';

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
};

/**
 * Tells an outlet file from a systems file by its header. Columns come, go and move between editions, so only their names
 * count. Throws `BadInput` that names the missing columns when it is neither.
 */
export function surveyFileOf(header: readonly string[]): SurveyFile {
	const missing = (file: SurveyFile) => NEEDED[file].filter((column) => !header.includes(column));
	if (missing('outlets').length === 0) return 'outlets';
	if (missing('systems').length === 0) return 'systems';
	const nearest = missing('outlets').length <= missing('systems').length ? 'outlets' : 'systems';
	throw new BadInput(
		`This is not a file of the Public Libraries Survey as we know it: as a list of ${nearest} it lacks ${missing(nearest).join(', ')}.`,
		missing(nearest).map((column) => ({ field: column, text: 'This column is missing.' })),
	);
}
