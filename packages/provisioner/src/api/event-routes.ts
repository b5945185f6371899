import * as events from './events.ts';
import { BRANCH, LIBRARY, LOOK, type Route, row } from './route.ts';

/** Without `after` the newest first, in pages; with it what came since, and with `wait` as soon as something comes. */
const QUERY = ['after', 'before', 'limit', 'wait'] as const;

/** How the conditions of branches changed. */
export const eventRoutes: readonly Route[] = [
	row(
		'get',
		`${LIBRARY}/events`,
		'listEvents',
		'How the conditions of a library’s branches changed: the newest first, or from `after` on in order, waited for up to `wait` seconds',
		LOOK,
		null,
		[200, 'Events'],
		events.ofLibrary,
		QUERY,
	),
	row(
		'get',
		`${BRANCH}/events`,
		'listBranchEvents',
		'How the conditions of a branch changed: the newest first, or from `after` on in order, waited for up to `wait` seconds',
		LOOK,
		null,
		[200, 'Events'],
		events.ofBranch,
		QUERY,
	),
];
