import { BadInput } from '@understory/core/errors.ts';
import { decideConsidered } from '../../services/hosting/considering.ts';
import { LONGEST_FACTS } from '../../services/hosting/facts.ts';
import { reverse } from '../../services/hosting/reversing.ts';
import { auditNews, endAuditNews } from '../../store/audits.ts';
import { type DecisionRow, listDecisions } from '../../store/decisions.ts';
import { personById } from '../../store/people.ts';
import { holdOn } from '../../store/records.ts';
import { decisionIn, decisionView } from '../decision-view.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { findingView } from '../finding-view.ts';
import { show } from '../frame.ts';
import { noteLook, openSealed, reasonViews } from '../sealed-view.ts';
import { asked, field, goTo, staffOf, type Visit } from '../visit.ts';
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
		mayHold: current.may(visit.staffId, 'hold_cases'),
		mayRelease: current.may(visit.staffId, 'release_cases'),
		mayExport: current.may(visit.staffId, 'export_cases'),
		mayAudit: current.may(visit.staffId, 'audit_cases'),
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

/** What was typed into the forms of a case. */
interface Typed {
	readonly hold?: string;
	readonly reason?: string;
	readonly why?: string;
}

/** Shows the case that the path names, with what was typed into one of its forms and what was wrong with it. */
export function showCase(web: Web, visit: Visit, typed: Typed, faults: FaultViews, opened = false): void {
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
			...decisionView(web, visit, row, opened ? 'staff' : 'no'),
			held: heldView(web, row),
			finding: findingView(web, row.id),
			...whatMay(web, visit),
			reasons: reasonViews(web, visit),
			about: aboutView(web, row),
			told: row.person !== null,
			action: path,
			...typed,
			faults,
		},
	);
	const { store } = web.context;
	// Whoever decided has read now what an auditor found.
	if (row.staff_id !== visit.staffId) return;
	if (store.read((reading) => auditNews(reading, row.staff_id)).includes(row.id))
		store.transact((writing) => endAuditNews(writing, row.id));
}

function goOn(web: Web, visit: Visit): void {
	const { id } = decisionIn(web, visit);
	const why = field(visit, 'why');
	try {
		goTo(visit, `/staff/decisions/${decideConsidered(web.context, staffOf(visit), id, why)}`);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showCase(web, visit, { why }, faultViews(web, visit, error, { count: LONGEST_FACTS }));
	}
}

/** What holds the case; null when nothing does. */
function heldView({ context }: Web, { id }: DecisionRow): { reason: string; created: number } | null {
	const found = context.store.read((reading) => holdOn(reading, id));
	if (!found) return null;
	return { reason: context.keyring.unseal(`hold:${found.id}`, found.reason), created: found.created };
}

/** Whose account it is about; null for whoever has none here. */
function aboutView(web: Web, { person }: DecisionRow): { name: string; href: string } | null {
	const found = web.context.store.read((reading) => personById(reading, person ?? 0));
	return found ? { name: found.name, href: `/@${found.handle}` } : null;
}
