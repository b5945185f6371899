import { dateIn } from '@understory/core/calendar.ts';
import { BadInput } from '@understory/core/errors.ts';
import type { AppealOutcome } from '@understory/core/statement.ts';
import { LONGEST_FACTS } from '../../services/hosting/facts.ts';
import { type AppealCase, answerAppeal, appealFor, appealsFor } from '../../services/hosting/hearing.ts';
import { appealView } from '../appeal-view.ts';
import { decisionView } from '../decision-view.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { noteLook, openSealed, reasonViews } from '../sealed-view.ts';
import { field, goTo, part, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Deciding appeals. Whoever may is asked of the grants each time, and need not be a host here: a sign-in with a staff number is enough to ask. */
export const APPEAL_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/staff/appeals', need: 'claims', run: list },
	{
		method: 'get',
		path: '/staff/appeals/:id',
		need: 'claims',
		run: (web, visit) => showAppeal(web, visit, UNTOUCHED, NO_FAULTS),
	},
	{ method: 'post', path: '/staff/appeals/:id/open', need: 'claims', run: open },
	{ method: 'post', path: '/staff/appeals/:id', need: 'claims', run: decide },
];

function list(web: Web, visit: Visit): void {
	const { open, decided } = appealsFor(web.context, staffOf(visit));
	const line = (one: AppealCase) => ({
		...lineOf(web, visit, one),
		late: one.appeal.decided === null && one.appeal.due < today(web),
	});
	show(
		web,
		visit,
		'appeals',
		{ title: t(web, visit, 'appeals.title'), sign: 'staff', path: '/staff/appeals' },
		{
			open: open.map(line),
			decided: decided.map(line),
			hosting: web.context.current.mayDecide(visit.staffId),
		},
	);
}

function decide(web: Web, visit: Visit): void {
	const id = part(visit, 'id');
	const form = { outcome: field(visit, 'outcome'), reason: field(visit, 'reason') };
	const outcome: AppealOutcome | null =
		form.outcome === 'upheld' || form.outcome === 'overturned' ? form.outcome : null;
	try {
		answerAppeal(web.context, staffOf(visit), id, { outcome, reason: form.reason });
		goTo(visit, `/staff/appeals/${id}`);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showAppeal(web, visit, form, faultViews(web, visit, error, { count: LONGEST_FACTS }));
	}
}

function open(web: Web, visit: Visit): void {
	const { decision } = appealFor(web.context, staffOf(visit), part(visit, 'id'));
	openSealed(web, visit, decision.id, (opened, faults) => showAppeal(web, visit, UNTOUCHED, faults, opened));
}

interface Form {
	readonly outcome: string;
	readonly reason: string;
}

const UNTOUCHED: Form = { outcome: '', reason: '' };

function showAppeal(web: Web, visit: Visit, form: Form, faults: FaultViews, opened = false): void {
	const found = appealFor(web.context, staffOf(visit), part(visit, 'id'));
	noteLook(web, visit, 'appeal', 'appeal', found.decision.id);
	const path = `/staff/appeals/${found.appeal.id}`;
	const failed = faults.list.length > 0;
	show(
		web,
		visit,
		'appeal',
		{
			title: t(web, visit, 'appeals.one'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed || opened ? {} : { path }),
		},
		{
			...lineOf(web, visit, found),
			decision: decisionView(web, visit, found.decision, opened ? 'staff' : 'no'),
			reasons: reasonViews(web, visit),
			may: found.as !== null,
			own: found.decision.staff_id === visit.staffId,
			action: path,
			form: { ...form, upheld: form.outcome === 'upheld', overturned: form.outcome === 'overturned' },
			faults,
		},
	);
}

function lineOf(web: Web, visit: Visit, { appeal, decision, heard }: AppealCase) {
	const { rule, done } = decisionView(web, visit, decision);
	return {
		...appealView(web, appeal),
		href: `/staff/appeals/${appeal.id}`,
		done,
		rule: rule.title,
		heard,
	};
}

function today(web: Web): string {
	const { current, clock } = web.context;
	return dateIn(current.library().zone, clock.now());
}

function t(web: Web, visit: Visit, key: string): string {
	return web.views.design.t(visit.language, `hosting.${key}`);
}
