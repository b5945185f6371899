import { BadInput } from '@understory/core/errors.ts';
import { recordParentsYes, takeBackParentsYes } from '../../services/parents-yes.ts';
import { allParentsYes, SAID_BY } from '../../store/parents-yes.ts';
import { personById } from '../../store/people.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { field, goTo, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What parents said at the desk about their teens posting for everyone (docs/adr/0079). */
export const PARENTS_ROUTES: readonly Route[] = [
	{
		method: 'get',
		path: '/staff/parents',
		need: 'note_parents',
		run: (web, visit) => list(web, visit, NO_FAULTS),
	},
	{ method: 'post', path: '/staff/parents', need: 'note_parents', run: record },
	{ method: 'post', path: '/staff/parents/end', need: 'note_parents', run: end },
];

const SHOWN = 200;

function list(web: Web, visit: Visit, faults: FaultViews): void {
	const failed = faults.list.length > 0;
	const t = (key: string) => web.views.design.t(visit.language, `people.parents.${key}`);
	const all = web.context.store.read((reading) =>
		allParentsYes(reading, SHOWN).flatMap((yes) => {
			const person = personById(reading, yes.person);
			return person ? [{ ...yes, name: person.name, handle: person.handle }] : [];
		}),
	);
	const staff = (id: string | null) =>
		id === null ? null : (web.context.current.nameOf(id) ?? t('somebody'));
	show(
		web,
		visit,
		'parents',
		{
			title: t('title'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: '/staff/parents' }),
		},
		{
			handle: field(visit, 'handle'),
			saidBy: SAID_BY.map((word) => ({
				word,
				label: t(`said_by.${word}`),
				checked: word === field(visit, 'said_by'),
			})),
			allowed: web.context.current.branch().teens_public === true,
			noted: all.map((yes) => ({
				...yes,
				who: t(`said_by.${yes.said_by}`),
				by: staff(yes.recorded_by),
				endedBy: staff(yes.ended_by),
			})),
			faults,
		},
	);
}

function record(web: Web, visit: Visit): void {
	try {
		recordParentsYes(web.context, staffOf(visit), {
			handle: field(visit, 'handle'),
			saidBy: field(visit, 'said_by'),
		});
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		list(web, visit, faultViews(web, visit, error));
		return;
	}
	goTo(visit, '/staff/parents');
}

function end(web: Web, visit: Visit): void {
	takeBackParentsYes(web.context, staffOf(visit), Number(field(visit, 'person')));
	goTo(visit, '/staff/parents');
}
