import { BadInput } from '@understory/core/errors.ts';
import { audit, mayAudit } from '../../services/hosting/auditing.ts';
import { LONGEST_FACTS } from '../../services/hosting/facts.ts';
import { decisionIn, decisionView } from '../decision-view.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { findingView } from '../finding-view.ts';
import { show } from '../frame.ts';
import { noteLook } from '../sealed-view.ts';
import { field, goTo, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** A decision read again by an auditor, with what its file keeps sealed: opening the page is opening the file, and is written down as that. */
export const AUDIT_ROUTES: readonly Route[] = [
	{
		method: 'get',
		path: '/staff/decisions/:id/audit',
		need: 'audit_cases',
		run: (web, visit) => read(web, visit, UNTOUCHED, NO_FAULTS),
	},
	{ method: 'post', path: '/staff/decisions/:id/audit', need: 'audit_cases', run: answer },
];

interface Form {
	readonly agrees: string;
	readonly reason: string;
}

const UNTOUCHED: Form = { agrees: '', reason: '' };

function answer(web: Web, visit: Visit): void {
	const { id } = decisionIn(web, visit);
	const form = { agrees: field(visit, 'agrees'), reason: field(visit, 'reason') };
	const agrees = form.agrees === 'yes' ? true : form.agrees === 'no' ? false : null;
	try {
		audit(web.context, staffOf(visit), id, { agrees, reason: form.reason });
		goTo(visit, `/staff/decisions/${id}/audit`);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		read(web, visit, form, faultViews(web, visit, error, { count: LONGEST_FACTS }));
	}
}

function read(web: Web, visit: Visit, form: Form, faults: FaultViews): void {
	const decision = decisionIn(web, visit);
	const { store, current } = web.context;
	noteLook(web, visit, 'removed', 'audit', decision.id);
	const may = store.read((reading) => mayAudit(web.context, reading, visit.staffId, decision));
	const path = `/staff/decisions/${decision.id}/audit`;
	const failed = faults.list.length > 0;
	show(
		web,
		visit,
		'audit',
		{
			title: web.views.design.t(visit.language, 'cases.audit.title'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed ? {} : { path }),
		},
		{
			decision: decisionView(web, visit, decision, 'staff'),
			back: `/staff/decisions/${decision.id}`,
			draws: `${current.library().accountability_origin}/audits`,
			finding: findingView(web, decision.id),
			may,
			action: path,
			form: { ...form, yes: form.agrees === 'yes', no: form.agrees === 'no' },
			faults,
		},
	);
}
