import { teamHere } from '../../services/hosting/staff-here.ts';
import { movesToldTo, noteMovesRead, type ToldMove } from '../../store/matter-moves.ts';
import { show } from '../frame.ts';
import { moveView } from '../matter-view.ts';
import { staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What was handed to whoever looks, or to the team they are on, and what became of what they handed on. */
export const HANDED_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/staff/handed', need: 'host', run: list },
];

const SHOWN = 50;

function list(web: Web, visit: Visit): void {
	const { store } = web.context;
	const staffId = staffOf(visit);
	const moves = store.read((reading) => movesToldTo(reading, hearingOf(web, staffId), SHOWN));
	show(
		web,
		visit,
		'handed',
		{ title: t(web, visit, 'title'), sign: 'staff', path: '/staff/handed' },
		{ moves: moves.map((move) => lineOf(web, visit, move)) },
	);
	const newest = moves[0]?.id;
	if (newest !== undefined) store.relaxed.transact((writing) => noteMovesRead(writing, staffId, newest));
}

/** As what somebody of the staff is told of moves. */
export function hearingOf(web: Web, staffId: string) {
	return { staffId, team: teamHere(web.context).some((one) => one.staffId === staffId) };
}

function lineOf(web: Web, visit: Visit, move: ToldMove) {
	return {
		...moveView(web, visit, move),
		href: `/staff/reports/${move.matter}`,
		concern: web.views.design.t(visit.language, `reports.concern.${move.concern}.short`),
		due: move.due,
		closed: move.closed !== null,
		late: move.closed === null && move.due < web.context.clock.now(),
	};
}

function t(web: Web, visit: Visit, key: string): string {
	return web.views.design.t(visit.language, `reports.handed.${key}`);
}
