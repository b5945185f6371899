import { BadInput, NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { makeStaffToken, TOKEN_DAYS, takeStaffToken } from '../../services/staff-tokens.ts';
import { staffTokens } from '../../store/staff-tokens.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { field, goTo, part, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Keys of programs that act for whoever makes them. */
export const STAFF_TOKEN_ROUTES: readonly Route[] = [
	{
		method: 'get',
		path: '/staff/programs',
		need: 'host',
		run: (web, visit) => showAll(web, visit, NO_FAULTS),
	},
	{ method: 'post', path: '/staff/programs', need: 'host', run: make },
	{ method: 'post', path: '/staff/programs/:id/end', need: 'host', run: take },
];

function showAll(web: Web, visit: Visit, faults: FaultViews, made: string | null = null): void {
	const { store, clock } = web.context;
	const failed = faults.list.length > 0;
	const tokens = store.read((reading) => staffTokens(reading, staffOf(visit), clock.now()));
	show(
		web,
		visit,
		'staff-tokens',
		{
			title: web.views.design.t(visit.language, 'reports.programs.title'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed || made ? {} : { path: '/staff/programs' }),
		},
		{ tokens, made, days: TOKEN_DAYS, faults },
	);
}

function make(web: Web, visit: Visit): void {
	try {
		showAll(web, visit, NO_FAULTS, makeStaffToken(web.context, staffOf(visit), field(visit, 'name')));
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showAll(web, visit, faultViews(web, visit, error));
	}
}

function take(web: Web, visit: Visit): void {
	const id = parseId(part(visit, 'id'));
	if (id === null) throw new NotFound();
	takeStaffToken(web.context, staffOf(visit), id);
	goTo(visit, '/staff/programs');
}
