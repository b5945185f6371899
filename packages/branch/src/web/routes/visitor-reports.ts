import { BadInput, TooMany } from '@understory/core/errors.ts';
import { concernOf } from '../../services/hosting/concerns.ts';
import { type Received, reportByCode, reportFromOutside } from '../../services/visitor-reports.ts';
import { concernChoices } from '../concern-view.ts';
import { doorView } from '../door.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { say, show } from '../frame.ts';
import { outcomeView } from '../outcome-view.ts';
import { asked, field, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Where whoever has no account sends a form: nothing is done in anybody's name, so no session is needed and none is begun. */
export const VISITOR_FORMS: readonly string[] = ['/report', '/report/receipt'];

/** Telling the hosts something without an account, and reading what came of it. */
export const VISITOR_REPORT_ROUTES: readonly Route[] = [
	{
		method: 'get',
		path: '/report',
		need: 'nobody',
		run: (web, visit) => showForm(web, visit, asked(visit, 'page'), NO_FAULTS),
	},
	{ method: 'post', path: '/report', need: 'nobody', run: send },
	{
		method: 'get',
		path: '/report/receipt',
		need: 'nobody',
		run: (web, visit) => showAsking(web, visit, NO_FAULTS),
	},
	{ method: 'post', path: '/report/receipt', need: 'nobody', run: read },
];

function showForm(web: Web, visit: Visit, page: string, faults: FaultViews, status = 422): void {
	const failed = faults.list.length > 0;
	const path = page === '' ? '/report' : `/report?page=${encodeURIComponent(page)}`;
	show(
		web,
		visit,
		'visitor-report',
		{ title: t(web, visit, 'title'), status: failed ? status : 200, ...(failed ? {} : { path }) },
		{
			about: page,
			words: field(visit, 'words'),
			concerns: concernChoices(web, visit, field(visit, 'concern')),
			origin: web.context.origin,
			door: doorView(web, visit),
			phone: web.context.current.branch().phone,
			faults,
		},
	);
}

function send(web: Web, visit: Visit): void {
	const page = field(visit, 'page');
	const concern = concernOf(field(visit, 'concern'));
	answered(
		web,
		visit,
		() => {
			const kept = reportFromOutside(web.context, { page, words: field(visit, 'words'), concern });
			showReceipt(web, visit, kept);
		},
		(faults, status) => showForm(web, visit, page, faults, status),
	);
}

/** Does it unless it was too often; what was typed stays on the page either way. */
function answered(
	web: Web,
	visit: Visit,
	run: () => void,
	again: (faults: FaultViews, status: number) => void,
): void {
	try {
		web.visitorLimit(visit.request, visit.response, () => undefined);
		run();
	} catch (error) {
		if (error instanceof TooMany) {
			visit.response.setHeader('retry-after', String(error.retryAfter));
			const text = say(web, visit, 'fault.visitors_many');
			again({ list: [{ field: 'words', text }], by: {} }, error.status);
			return;
		}
		if (!(error instanceof BadInput)) throw error;
		again(faultViews(web, visit, error), error.status);
	}
}

/** The one time the code is shown. */
export function showReceipt(
	web: Web,
	visit: Visit,
	{ matter, code }: Received,
	back: string | null = null,
): void {
	show(
		web,
		visit,
		'receipt',
		{ title: t(web, visit, 'receipt.title') },
		{
			...{ code, back, due: matter.due },
			at: web.context.clock.now(),
			address: `${web.context.origin}/report/receipt`,
			door: doorView(web, visit),
		},
	);
}

function showAsking(web: Web, visit: Visit, faults: FaultViews, status = 422): void {
	const failed = faults.list.length > 0;
	show(
		web,
		visit,
		'receipt-outcome',
		{
			title: t(web, visit, 'receipt.ask'),
			status: failed ? status : 200,
			...(failed ? {} : { path: '/report/receipt' }),
		},
		{ faults, outcome: null, door: doorView(web, visit) },
	);
}

function read(web: Web, visit: Visit): void {
	answered(
		web,
		visit,
		() => {
			const found = reportByCode(web.context, field(visit, 'code'));
			if (!found) throw new BadInput('That is no receipt.', [{ field: 'code', text: 'receipt_code' }]);
			const outcome = outcomeView(web, visit, found.matter);
			show(
				web,
				visit,
				'receipt-outcome',
				{ title: outcome.heading },
				{ outcome, at: found.report.created, door: doorView(web, visit) },
			);
		},
		(faults, status) => showAsking(web, visit, faults, status),
	);
}

function t(web: Web, visit: Visit, key: string): string {
	return web.views.design.t(visit.language, `reports.visitor.${key}`);
}
