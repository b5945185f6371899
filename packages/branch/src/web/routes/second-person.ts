import { agreeToOpen, waitingForSecond } from '../../services/hosting/quarantining.ts';
import { show } from '../frame.ts';
import { nameOf } from '../quarantine-view.ts';
import { goTo, notAHost, part, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Agreeing, as a second person, that somebody opens what was sealed. Whoever may is asked of the grants each time, and need not be a host here. */
export const SECOND_PERSON_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/staff/second', need: 'claims', run: list },
	{ method: 'post', path: '/staff/second/:id', need: 'claims', run: agree },
];

/** What it is, since when, and who asks; nothing of what was sealed, and not by whom. */
function list(web: Web, visit: Visit): void {
	const staffId = staffOf(visit);
	const hosting = web.context.current.mayDecide(staffId);
	const waiting = waitingForSecond(web.context, staffId);
	const done = visit.request.query.done !== undefined;
	if (!hosting && waiting.length === 0 && !done) throw notAHost();
	show(
		web,
		visit,
		'second',
		{ title: t(web, visit, 'title'), sign: 'staff', path: '/staff/second' },
		{
			hosting,
			done,
			cases: waiting.map(({ row, asked }) => ({
				action: `/staff/second/${row.decision}`,
				label: web.views.design.t(visit.language, `nights.kind.${row.kind}.label`),
				sealed: row.at,
				at: asked!.at,
				who: nameOf(web, visit, asked!.staff_id),
			})),
		},
	);
}

function agree(web: Web, visit: Visit): void {
	agreeToOpen(web.context, staffOf(visit), part(visit, 'id'));
	goTo(visit, '/staff/second?done=1');
}

function t(web: Web, visit: Visit, key: string): string {
	return web.views.design.t(visit.language, `nights.second.${key}`);
}
