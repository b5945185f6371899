import * as homes from './homes.ts';
import { ADMIN, PAGE, type Route, row } from './route.ts';

/** The homes of a platform, and the sealed keys that they gave into keeping. */
export const homeRoutes: readonly Route[] = [
	row(
		'get',
		'/homes',
		'listHomes',
		'The homes of the platform, and whether the keys of each are kept',
		ADMIN,
		null,
		[200, 'Homes'],
		homes.list,
		PAGE,
	),
	row(
		'post',
		'/homes/{home}/keys:fetch',
		'fetchHomeKeys',
		'Fetch the sealed keys of a home; only the recovery key opens them',
		ADMIN,
		null,
		[200, 'HomeKeys'],
		homes.fetchKeys,
	),
];
