import { BadInput } from '@understory/core/errors.ts';
import { concernOf } from '../../services/hosting/concerns.ts';
import { DESK_SOURCES, reportAtDesk } from '../../services/visitor-reports.ts';
import { concernChoices } from '../concern-view.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { asked, field, goTo, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';
import { showReceipt } from './visitor-reports.ts';

/** Writing a report down for somebody at the desk, and what a court or an office sent. */
export const DESK_REPORT_ROUTES: readonly Route[] = [
	{
		method: 'get',
		path: '/staff/reports/new',
		need: 'host',
		run: (web, visit) => showForm(web, visit, asked(visit, 'page'), NO_FAULTS),
	},
	{ method: 'post', path: '/staff/reports/new', need: 'host', run: keep },
];

function showForm(web: Web, visit: Visit, page: string, faults: FaultViews): void {
	const failed = faults.list.length > 0;
	const t = (key: string) => web.views.design.t(visit.language, `reports.desk.${key}`);
	const chosen = field(visit, 'source') || DESK_SOURCES[0];
	show(
		web,
		visit,
		'desk-report',
		{
			title: t('title'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: '/staff/reports/new' }),
		},
		{
			about: page,
			words: field(visit, 'words'),
			origin: web.context.origin,
			sources: DESK_SOURCES.map((source) => ({
				source,
				label: t(`source.${source}`),
				checked: source === chosen,
			})),
			concerns: concernChoices(web, visit, field(visit, 'concern')),
			faults,
		},
	);
}

function keep(web: Web, visit: Visit): void {
	const [page, words, source] = [field(visit, 'page'), field(visit, 'words'), field(visit, 'source')];
	try {
		const concern = concernOf(field(visit, 'concern'));
		const kept = reportAtDesk(web.context, staffOf(visit), { page, words, source, concern });
		const matter = `/staff/reports/${kept.matter.id}`;
		// What the staff came upon has nobody to hand a receipt to.
		if (source === 'staff') goTo(visit, matter);
		else showReceipt(web, visit, kept, matter);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showForm(web, visit, page, faultViews(web, visit, error));
	}
}
