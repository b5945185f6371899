import { libraryCalendar, nameLibraryCalendar } from '../../services/library-calendar.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { field, goTo, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Where the library's own calendar is; named by a host. */
export const LIBRARY_CALENDAR_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/staff/calendar', need: 'host', run: (web, visit) => form(web, visit, NO_FAULTS) },
	{ method: 'post', path: '/staff/calendar', need: 'host', run: name },
];

function form(web: Web, visit: Visit, faults: FaultViews): void {
	const calendar = web.context.store.read((reading) => libraryCalendar(reading));
	const failed = faults.list.length > 0;
	show(
		web,
		visit,
		'calendar',
		{
			title: web.views.design.t(visit.language, 'events.library.title'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: '/staff/calendar' }),
		},
		{
			url: failed ? field(visit, 'url') : (calendar?.url ?? ''),
			calendar,
			silent: calendar?.fault === 'silent',
			none: calendar?.fault === 'none',
			faults,
		},
	);
}

function name(web: Web, visit: Visit): void {
	try {
		nameLibraryCalendar(web.context, field(visit, 'url'));
	} catch (error) {
		form(web, visit, faultViews(web, visit, error));
		return;
	}
	goTo(visit, '/staff/calendar');
}
