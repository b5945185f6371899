import * as records from './records.ts';
import { IT, LIBRARY, LOOK, type Route, row } from './route.ts';

/** The lines about what a library's counsel settles about records. */
export const recordRoutes: readonly Route[] = [
	row(
		'get',
		'/records-profiles',
		'listRecordsProfiles',
		'What is known of the law of records, state by state, each with its source',
		LOOK,
		null,
		[200, 'RecordsProfiles'],
		records.listProfiles,
	),
	row(
		'put',
		`${LIBRARY}/records`,
		'adoptRecords',
		'Write down what the library’s counsel settled about records; every branch keeps to it',
		IT,
		'AdoptedRecords',
		[200, 'AdoptedRecords'],
		records.adopt,
	),
];
