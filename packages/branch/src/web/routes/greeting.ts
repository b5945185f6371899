import { BadInput } from '@understory/core/errors.ts';
import { chooseGreeting, greet, NEW_FOR, newcomerFor, newcomersFor } from '../../services/greeting.ts';
import { isTooMuch, joinedToday, SLOW_WELCOME } from '../../services/hosting/workload.ts';
import type { Newcomer } from '../../store/greetings.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { field, goTo, part, personOf, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Saying hello to newcomers who would like it (docs/adr/0107). */
export const GREETING_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/staff/newcomers', need: 'greet', run: list },
	{
		method: 'get',
		path: '/staff/newcomers/:handle',
		need: 'greet',
		run: (web, visit) => form(web, visit, NO_FAULTS),
	},
	{ method: 'post', path: '/staff/newcomers/:handle', need: 'greet', run: send },
	{ method: 'post', path: '/you/greeting', need: 'person', run: choose },
];

function list(web: Web, visit: Visit): void {
	const { context } = web;
	const { found, slow, today } = context.store.read((reading) => ({
		found: newcomersFor(context, reading, visit.person),
		slow: isTooMuch(context, reading),
		today: joinedToday(context, reading),
	}));
	show(
		web,
		visit,
		'newcomers',
		{ title: t(web, visit, 'title'), sign: 'staff', path: '/staff/newcomers' },
		{
			...backOf(web, visit),
			...{ slow, today, most: SLOW_WELCOME, days: NEW_FOR },
			account: visit.person !== null,
			newcomers: found.map((one) => ({
				...viewOf(web, visit, one),
				at: one.greeted,
				by: one.staff_id && (context.current.nameOf(one.staff_id) ?? t(web, visit, 'somebody')),
			})),
		},
	);
}

/** Begins with words in the newcomer's language, which the greeter makes their own. */
function form(web: Web, visit: Visit, faults: FaultViews): void {
	const one = newcomerFor(web.context, visit.staffId, visit.person, part(visit, 'handle'));
	const failed = faults.list.length > 0;
	const path = `/staff/newcomers/${one.handle}`;
	show(
		web,
		visit,
		'greet',
		{
			title: t(web, visit, 'one'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed ? {} : { path }),
		},
		{
			...viewOf(web, visit, one),
			...{ action: path, faults, greeted: one.greeted !== null },
			from: visit.person?.handle ?? null,
			text: failed ? field(visit, 'text') : begun(web, visit, one),
		},
	);
}

/** The first words, in the language the newcomer reads. */
function begun({ context, views }: Web, visit: Visit, { name, language }: Newcomer): string {
	const branch = context.current.branch().name;
	return views.design.t(language, 'greeting.template', { name, branch, greeter: visit.person?.name ?? '' });
}

async function send(web: Web, visit: Visit): Promise<void> {
	if (!visit.person) {
		goTo(visit, '/welcome');
		return;
	}
	try {
		const said = { handle: part(visit, 'handle'), words: field(visit, 'text') };
		await greet(web.context, { staffId: staffOf(visit), person: visit.person }, said);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		form(web, visit, faultViews(web, visit, error, { count: 0 }));
		return;
	}
	goTo(visit, '/staff/newcomers');
}

function choose(web: Web, visit: Visit): void {
	chooseGreeting(web.context, personOf(visit), field(visit, 'wanted') === 'yes');
	goTo(visit, '/you');
}

function viewOf({ views }: Web, visit: Visit, { name, handle, created, language }: Newcomer) {
	const reads = views.design.t(visit.language, `greeting.reads.${language === 'es' ? 'es' : 'en'}`);
	return { name, handle, created, reads, language: language === 'es' ? 'es' : 'en' };
}

/** Hosts came from their room; a greeter has no other page for staff. */
function backOf({ context }: Web, { staffId }: Visit) {
	return { hosting: context.current.mayDecide(staffId) };
}

function t(web: Web, visit: Visit, key: string): string {
	return web.views.design.t(visit.language, `greeting.${key}`);
}
