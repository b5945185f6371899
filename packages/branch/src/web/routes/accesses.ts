import { parseId } from '@understory/core/ids.ts';
import { type Access, listAccesses } from '../../store/accesses.ts';
import { show } from '../frame.ts';
import { asked, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Who on the staff looked at what of people's: shown to those of the library who answer for the staff. */
export const ACCESS_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/staff/accesses', need: 'read_accesses', run: list },
];

const SHOWN = 100;

function list(web: Web, visit: Visit): void {
	const before = parseId(asked(visit, 'before')) ?? undefined;
	const found = web.context.store.read((reading) =>
		listAccesses(reading, { limit: SHOWN, ...(before === undefined ? {} : { before }) }),
	);
	show(
		web,
		visit,
		'accesses',
		{ title: t(web, visit, 'title'), sign: 'staff', path: '/staff/accesses' },
		{
			accesses: found.map((access) => rowOf(web, visit, access)),
			older: found.length === SHOWN ? `/staff/accesses?before=${found.at(-1)!.id}` : null,
		},
	);
}

function rowOf(web: Web, visit: Visit, { staff_id, what, why, decision, at }: Access) {
	const grants = web.context.current.register()?.grants ?? [];
	const name = grants.find((grant) => grant.staff_id === staff_id)?.name;
	return {
		at,
		who: name ?? t(web, visit, 'left'),
		what: t(web, visit, `what.${what}`),
		why: t(web, visit, `why.${why}`),
		href: `/staff/${what === 'report' ? 'reports' : 'decisions'}/${decision}`,
		short: decision.slice(0, 8),
	};
}

function t(web: Web, visit: Visit, key: string): string {
	return web.views.design.t(visit.language, `cases.access.${key}`);
}
