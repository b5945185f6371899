import { parseId } from '@understory/core/ids.ts';
import { watchFor, watchNoMore } from '../../services/hosting/watching.ts';
import { watchPhrases } from '../../store/watch-phrases.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { field, goTo, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Words that bring a post to the hosts, and do nothing else. */
export const WATCH_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/staff/words', need: 'host', run: (web, visit) => list(web, visit, NO_FAULTS) },
	{ method: 'post', path: '/staff/words', need: 'host', run: add },
	{ method: 'post', path: '/staff/words/remove', need: 'host', run: remove },
];

function list(web: Web, visit: Visit, faults: FaultViews): void {
	const failed = faults.list.length > 0;
	show(
		web,
		visit,
		'watching',
		{
			title: web.views.design.t(visit.language, 'cases.watch.title'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: '/staff/words' }),
		},
		{
			phrases: web.context.store.read((reading) => watchPhrases(reading)),
			...{ phrase: field(visit, 'phrase'), why: field(visit, 'why'), faults },
		},
	);
}

function add(web: Web, visit: Visit): void {
	try {
		watchFor(web.context, staffOf(visit), {
			phrase: field(visit, 'phrase'),
			whole: field(visit, 'whole') === 'yes',
			why: field(visit, 'why'),
		});
	} catch (error) {
		list(web, visit, faultViews(web, visit, error));
		return;
	}
	goTo(visit, '/staff/words');
}

function remove(web: Web, visit: Visit): void {
	watchNoMore(web.context, staffOf(visit), parseId(field(visit, 'id')) ?? 0);
	goTo(visit, '/staff/words');
}
