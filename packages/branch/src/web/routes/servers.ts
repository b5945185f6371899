import { BadInput } from '@understory/core/errors.ts';
import { askForNewKeys } from '../../services/key-renewal.ts';
import { answerServer } from '../../services/servers.ts';
import { servers } from '../../store/servers.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { asked, field, goTo, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Servers that want to exchange posts with a branch that lets new ones in one by one, for its hosts. */
export const SERVER_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/staff/servers', need: 'host', run: (web, visit) => list(web, visit, NO_FAULTS) },
	{ method: 'post', path: '/staff/servers', need: 'host', run: answer },
	{ method: 'post', path: '/staff/servers/keys', need: 'host', run: newKeys },
];

function list(web: Web, visit: Visit, faults: FaultViews): void {
	const all = web.context.store.read((reading) => servers(reading));
	const rows = all.map(({ origin, state, asked: since, decided, reason }) => ({
		origin,
		host: new URL(origin).host,
		asked: since,
		decided,
		reason,
		typed: origin === field(visit, 'origin') ? field(visit, 'reason') : '',
		faulty: origin === field(visit, 'origin') && faults.list.length > 0,
		state: web.views.design.t(visit.language, `people.servers.state.${state}`),
		waiting: state === 'waiting',
		open: state !== 'let_in',
	}));
	const failed = faults.list.length > 0;
	show(
		web,
		visit,
		'servers',
		{
			title: web.views.design.t(visit.language, 'people.servers.title'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: '/staff/servers' }),
		},
		{
			keysAsked: asked(visit, 'keys') === 'new',
			servers: rows,
			faults,
			cautious: web.context.current.branch().federation === 'cautious',
		},
	);
}

function answer(web: Web, visit: Visit): void {
	const said = { yes: field(visit, 'yes') === 'yes', reason: field(visit, 'reason') };
	try {
		answerServer(web.context, staffOf(visit), field(visit, 'origin'), said);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		list(web, visit, faultViews(web, visit, error));
		return;
	}
	goTo(visit, '/staff/servers');
}

function newKeys(web: Web, visit: Visit): void {
	askForNewKeys(web.context);
	goTo(visit, '/staff/servers?keys=new');
}
