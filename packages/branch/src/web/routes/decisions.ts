import { BadInput, NotFound } from '@understory/core/errors.ts';
import { suspendLonger } from '../../services/hosting/considering.ts';
import { LONGEST_FACTS } from '../../services/hosting/facts.ts';
import { reverse } from '../../services/hosting/reversing.ts';
import { type DecisionRow, decisionById, listDecisions } from '../../store/decisions.ts';
import { personById } from '../../store/people.ts';
import { decisionView } from '../decision-view.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { noteLook, openSealed, reasonViews } from '../sealed-view.ts';
import { asked, field, goTo, part, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What hosts of this branch decided, and taking a decision back. */
export const DECISION_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/staff/decisions', need: 'read_cases', run: list },
	{ method: 'get', path: '/staff/decisions/:id', need: 'read_cases', run: look },
	{ method: 'post', path: '/staff/decisions/:id/open', need: 'read_cases', run: open },
	{ method: 'post', path: '/staff/decisions/:id/reverse', need: 'host', run: takeBack },
	{ method: 'post', path: '/staff/decisions/:id/suspend', need: 'host', run: goOn },
];

const SHOWN = 50;

function list(web: Web, visit: Visit): void {
	const before = Number(asked(visit, 'before')) || undefined;
	const found = web.context.store.read((reading) =>
		listDecisions(reading, { limit: SHOWN, ...(before ? { before } : {}) }),
	);
	show(
		web,
		visit,
		'decisions',
		{
			title: web.views.design.t(visit.language, 'hosting.decisions.title'),
			sign: 'staff',
			path: '/staff/decisions',
		},
		{
			decisions: found.map((row) => ({
				...decisionView(web, visit, row),
				href: `/staff/decisions/${row.id}`,
			})),
			...whatMay(web, visit),
			older: found.length === SHOWN ? `/staff/decisions?before=${found.at(-1)!.created}` : null,
		},
	);
}

function look(web: Web, visit: Visit): void {
	noteLook(web, visit, 'case', 'work', decisionIn(web, visit).id);
	showCase(web, visit, {}, NO_FAULTS);
}

function open(web: Web, visit: Visit): void {
	const { id } = decisionIn(web, visit);
	openSealed(web, visit, id, (opened, faults) => showCase(web, visit, {}, faults, opened));
}

/** What this member of the staff is offered besides. */
function whatMay(web: Web, visit: Visit) {
	const { current } = web.context;
	return {
		hosting: current.mayDecide(visit.staffId),
		accesses: current.may(visit.staffId, 'read_accesses'),
	};
}

function takeBack(web: Web, visit: Visit): void {
	const { id } = decisionIn(web, visit);
	const reason = field(visit, 'reason');
	try {
		reverse(web.context, staffOf(visit), { decision: id, reason });
		goTo(visit, `/staff/decisions/${id}`);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showCase(web, visit, { reason }, faultViews(web, visit, error, { count: LONGEST_FACTS }));
	}
}

/** What was typed into the two forms of a case. */
interface Typed {
	readonly reason?: string;
	readonly why?: string;
}

function showCase(web: Web, visit: Visit, typed: Typed, faults: FaultViews, opened = false): void {
	const row = decisionIn(web, visit);
	const failed = faults.list.length > 0;
	const path = `/staff/decisions/${row.id}`;
	show(
		web,
		visit,
		'case',
		{
			title: web.views.design.t(visit.language, 'hosting.case.title'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed || opened ? {} : { path }),
		},
		{
			...decisionView(web, visit, row, opened),
			...whatMay(web, visit),
			reasons: reasonViews(web, visit),
			about: aboutView(web, row),
			told: row.person !== null,
			action: path,
			...typed,
			faults,
		},
	);
}

function goOn(web: Web, visit: Visit): void {
	const { id } = decisionIn(web, visit);
	const why = field(visit, 'why');
	try {
		goTo(visit, `/staff/decisions/${suspendLonger(web.context, staffOf(visit), id, why)}`);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showCase(web, visit, { why }, faultViews(web, visit, error, { count: LONGEST_FACTS }));
	}
}

/** Whose account it is about; null for whoever has none here. */
function aboutView(web: Web, { person }: DecisionRow): { name: string; href: string } | null {
	const found = web.context.store.read((reading) => personById(reading, person ?? 0));
	return found ? { name: found.name, href: `/@${found.handle}` } : null;
}

function decisionIn(web: Web, visit: Visit): DecisionRow {
	const found = web.context.store.read((reading) => decisionById(reading, part(visit, 'id')));
	if (!found) throw new NotFound();
	return found;
}
