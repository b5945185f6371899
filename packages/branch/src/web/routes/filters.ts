import { parseId } from '@understory/core/ids.ts';
import { warnOf } from '../../services/filtering.ts';
import { filtersOf, removeFilter } from '../../store/filters.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { field, goTo, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Phrases somebody would rather be warned of. Nothing is hidden by one: a post is folded, and says why. */
export const FILTER_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/you/filters', need: 'person', run: (web, visit) => list(web, visit, NO_FAULTS) },
	{ method: 'post', path: '/you/filters', need: 'person', run: add },
	{ method: 'post', path: '/you/filters/remove', need: 'person', run: remove },
];

function list(web: Web, visit: Visit, faults: FaultViews): void {
	const failed = faults.list.length > 0;
	const { store, clock } = web.context;
	show(
		web,
		visit,
		'filters',
		{
			title: web.views.design.t(visit.language, 'boards.filters.title'),
			status: failed ? 422 : 200,
			...(failed ? {} : { path: '/you/filters' }),
		},
		{
			filters: store.read((reading) => filtersOf(reading, personOf(visit).id, clock.now())),
			phrase: field(visit, 'phrase'),
			faults,
		},
	);
}

function add(web: Web, visit: Visit): void {
	try {
		warnOf(web.context, personOf(visit), {
			phrase: field(visit, 'phrase'),
			whole: field(visit, 'whole') === 'yes',
			days: Number(field(visit, 'days') || '0'),
		});
	} catch (error) {
		list(web, visit, faultViews(web, visit, error));
		return;
	}
	goTo(visit, '/you/filters');
}

function remove(web: Web, visit: Visit): void {
	const id = parseId(field(visit, 'id'));
	if (id !== null) web.context.store.transact((writing) => removeFilter(writing, personOf(visit).id, id));
	goTo(visit, '/you/filters');
}
