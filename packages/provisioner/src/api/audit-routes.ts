import * as audit from './audit.ts';
import { ADMIN, IT, LIBRARY, type Route, row } from './route.ts';

const FILTER = ['limit', 'after', 'by', 'what', 'from', 'until'] as const;

/** The lines about who did what. */
export const auditRoutes: readonly Route[] = [
	row(
		'get',
		'/audit',
		'listAudit',
		'Who did what on the platform, newest first; from and until are UTC milliseconds',
		ADMIN,
		null,
		[200, 'Audit'],
		audit.list,
		FILTER,
	),
	row(
		'get',
		`${LIBRARY}/audit`,
		'listLibraryAudit',
		'Who did what at a library and its branches, newest first; from and until are UTC milliseconds',
		IT,
		null,
		[200, 'Audit'],
		audit.list,
		FILTER,
	),
];
