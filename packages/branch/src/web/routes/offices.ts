import { BadInput } from '@understory/core/errors.ts';
import { holderOf, seatOf } from '@understory/core/office.ts';
import { endLabel, officesNow, sayLabel, setLabel, takeBackLabel } from '../../services/office-labels.ts';
import { LABEL_KINDS, labelOf, openLabels } from '../../store/office-labels.ts';
import { personById } from '../../store/people.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { field, goTo, personOf, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Accounts of offices, and personal ones of those who hold them (docs/adr/0097). */
export const OFFICE_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/you/office', need: 'person', run: (web, visit) => yours(web, visit, NO_FAULTS) },
	{ method: 'post', path: '/you/office', need: 'person', run: say },
	{ method: 'post', path: '/you/office/end', need: 'person', run: takeBack },
	{ method: 'get', path: '/staff/offices', need: 'label_offices', run: all },
	{ method: 'post', path: '/staff/offices', need: 'label_offices', run: answer },
];

function yours(web: Web, visit: Visit, faults: FaultViews): void {
	const { store, current } = web.context;
	const failed = faults.list.length > 0;
	const label = store.read((reading) => labelOf(reading, personOf(visit).id));
	show(
		web,
		visit,
		'your-office',
		{
			title: t(web, visit, 'title'),
			status: failed ? 422 : 200,
			...(failed ? {} : { path: '/you/office' }),
		},
		{
			label: label && {
				...label,
				state: t(web, visit, label.set_at === null ? 'asked' : `shown.${label.kind}`, {
					office: `${label.role}, ${label.body}`,
				}),
			},
			seats: officesNow(web.context).map((office) => ({
				seat: seatOf(office),
				name: [office.holder, office.role, office.body].filter(Boolean).join(', '),
				chosen: seatOf(office) === field(visit, 'seat'),
			})),
			kinds: LABEL_KINDS.map((word) => ({
				word,
				label: t(web, visit, `kind.${word}`),
				hint: t(web, visit, `kind_hint.${word}`),
				checked: word === field(visit, 'kind'),
			})),
			library: current.library().name,
			faults,
		},
	);
}

function say(web: Web, visit: Visit): void {
	try {
		sayLabel(web.context, personOf(visit), { kind: field(visit, 'kind'), seat: field(visit, 'seat') });
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		yours(web, visit, faultViews(web, visit, error));
		return;
	}
	goTo(visit, '/you/office');
}

function takeBack(web: Web, visit: Visit): void {
	takeBackLabel(web.context, personOf(visit));
	goTo(visit, '/you/office');
}

function all(web: Web, visit: Visit): void {
	const { store, current, clock } = web.context;
	const today = new Date(clock.now()).toISOString().slice(0, 10);
	const labels = store.read((reading) =>
		openLabels(reading).flatMap((label) => {
			const person = personById(reading, label.person);
			const contact = holderOf(current.contacts(), label, today);
			if (!person) return [];
			return [
				{
					...label,
					name: person.name,
					handle: person.handle,
					what: t(web, visit, `kind.${label.kind}`),
					term: contact?.term_end ?? null,
					by: label.set_by === null ? null : (current.nameOf(label.set_by) ?? t(web, visit, 'somebody')),
				},
			];
		}),
	);
	show(
		web,
		visit,
		'offices',
		{ title: t(web, visit, 'staff.title'), sign: 'staff', path: '/staff/offices' },
		{
			asked: labels.filter(({ set_at }) => set_at === null),
			shown: labels.filter(({ set_at }) => set_at !== null),
		},
	);
}

function answer(web: Web, visit: Visit): void {
	const id = Number(field(visit, 'id'));
	if (field(visit, 'do') === 'set') setLabel(web.context, staffOf(visit), id);
	else endLabel(web.context, staffOf(visit), id);
	goTo(visit, '/staff/offices');
}

function t(web: Web, visit: Visit, key: string, values?: Readonly<Record<string, unknown>>): string {
	return web.views.design.t(visit.language, `people.office.${key}`, values);
}
