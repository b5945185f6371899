import { BadInput } from '@understory/core/errors.ts';
import { hearings } from '../../services/deliberating/deliberations.ts';
import { askForNewKeys } from '../../services/key-renewal.ts';
import { letNewcomersWait, newcomersWait } from '../../services/newcomers.ts';
import { isOver } from '../../services/restricting/restrictions.ts';
import { isRipe } from '../../services/restricting/settling.ts';
import { answerServer } from '../../services/servers.ts';
import { countAsked, openProposals } from '../../store/proposals.ts';
import { isDue, restrictions } from '../../store/restrictions.ts';
import { countDrafts } from '../../store/server-lists.ts';
import { servers } from '../../store/servers.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { restrictionView, sayOfServers, wishInWords } from '../server-view.ts';
import { asked, field, goTo, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Servers that want to exchange posts with a branch that lets new ones in one by one, for its hosts. */
export const SERVER_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/staff/servers', need: 'host', run: (web, visit) => list(web, visit, NO_FAULTS) },
	{ method: 'post', path: '/staff/servers', need: 'host', run: answer },
	{ method: 'post', path: '/staff/servers/keys', need: 'host', run: newKeys },
	{ method: 'post', path: '/staff/servers/newcomers', need: 'host', run: newcomers },
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
			title: sayOfServers(web, visit, 'title'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: '/staff/servers' }),
		},
		{
			...openAndHeld(web, visit),
			hearings: hearings(web.context).length,
			keysAsked: asked(visit, 'keys') === 'new',
			servers: rows,
			faults,
			cautious: web.context.current.branch().federation === 'cautious',
			newcomersWait: web.context.store.read((reading) => newcomersWait(reading)),
		},
	);
}

/** Proposals that are open, and servers that are kept away, with those at which hosts are to look again. */
function openAndHeld(web: Web, visit: Visit) {
	const { context } = web;
	const now = context.clock.now();
	return context.store.read((reading) => ({
		drafts: countDrafts(reading),
		proposals: openProposals(reading).map((one) => ({
			...one,
			wish: wishInWords(web, visit, one),
			ripe: isRipe(context, reading, one),
			answered: sayOfServers(web, visit, 'staff.answered', { ...countAsked(reading, one.id) }),
		})),
		restricted: restrictions(reading)
			.filter((one) => !isOver(one, now))
			.map((one) => ({ ...restrictionView(web, visit, one), due: isDue(one, now) })),
	}));
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

function newcomers(web: Web, visit: Visit): void {
	letNewcomersWait(web.context, staffOf(visit), field(visit, 'wait') === 'yes');
	goTo(visit, '/staff/servers');
}

function newKeys(web: Web, visit: Visit): void {
	askForNewKeys(web.context);
	goTo(visit, '/staff/servers?keys=new');
}
