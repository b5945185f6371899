import { dateIn } from '@understory/core/calendar.ts';
import { BadInput, NotFound } from '@understory/core/errors.ts';
import { LONGEST_APPEAL } from '../../services/hosting/appealing.ts';
import { ladderOf } from '../../services/hosting/ladder.ts';
import { appealOnPaper, handNotice } from '../../services/hosting/on-paper.ts';
import { mayRelease } from '../../services/hosting/releasing.ts';
import { personById } from '../../store/people.ts';
import { decisionIn, decisionView, headingOf } from '../decision-view.ts';
import { doorView } from '../door.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { noteLook } from '../sealed-view.ts';
import { asked, field, goTo, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** A notice to print and hand over, and an appeal that came on paper. */
export const PAPER_ROUTES: readonly Route[] = [
	{
		method: 'get',
		path: '/staff/decisions/:id/paper',
		need: 'host',
		run: (web, visit) => showPaper(web, visit, { words: '', on: '' }, NO_FAULTS),
	},
	{ method: 'post', path: '/staff/decisions/:id/handed', need: 'host', run: hand },
	{ method: 'post', path: '/staff/decisions/:id/appeal', need: 'host', run: take },
];

function hand(web: Web, visit: Visit): void {
	const { id } = decisionIn(web, visit);
	handNotice(web.context, staffOf(visit), id);
	goTo(visit, `/staff/decisions/${id}/paper?handed=yes`);
}

function take(web: Web, visit: Visit): void {
	const { id } = decisionIn(web, visit);
	const typed = { words: field(visit, 'words'), on: field(visit, 'on') };
	try {
		appealOnPaper(web.context, staffOf(visit), id, typed);
		goTo(visit, '/staff/appeals');
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showPaper(web, visit, typed, faultViews(web, visit, error, { count: LONGEST_APPEAL }));
	}
}

function showPaper(
	web: Web,
	visit: Visit,
	typed: { readonly words: string; readonly on: string },
	faults: FaultViews,
): void {
	const { context } = web;
	const row = decisionIn(web, visit);
	const person = context.store.read((reading) => personById(reading, row.person ?? 0));
	if (!person) throw new NotFound();
	noteLook(web, visit, 'case', 'work', row.id);
	const ladder = context.store.read((reading) => ladderOf(context, reading, row));
	const today = dateIn(context.current.library().zone, context.clock.now());
	const path = `/staff/decisions/${row.id}`;
	const failed = faults.list.length > 0;
	const { rule, facts, began, done, until, reversed, considered, id, at } = decisionView(web, visit, row);
	show(
		web,
		visit,
		'paper',
		{
			title: web.views.design.t(visit.language, 'reports.paper.title'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: `${path}/paper` }),
		},
		{
			...{ rule, facts, began, done, until, reversed, considered, id, at },
			name: person.name,
			heading: headingOf(web, visit, row),
			// Noon, so that the date is the same in every zone.
			appealUntil: ladder.next && Date.parse(`${ladder.next.until}T12:00:00Z`),
			pending: ladder.pending !== null,
			handed: asked(visit, 'handed') === 'yes',
			action: path,
			release: context.store.read((reading) => mayRelease(reading, person, row)),
			library: context.current.library().name,
			door: doorView(web, visit),
			typed: { ...typed, on: typed.on || today },
			today,
			faults,
		},
	);
}
