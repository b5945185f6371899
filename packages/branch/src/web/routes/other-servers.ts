import { isOver } from '../../services/restricting/restrictions.ts';
import { openProposals } from '../../store/proposals.ts';
import { restrictions, serverDecisionById } from '../../store/restrictions.ts';
import { serverLists } from '../../store/server-lists.ts';
import { show } from '../frame.ts';
import { restrictionView, sayOfServers, wishInWords } from '../server-view.ts';
import type { Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What hosts decided about other servers, for everybody: which, how far, why, and when they look again. */
export const OTHER_SERVER_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/servers', need: 'nobody', run: list },
];

function list(web: Web, visit: Visit): void {
	const { store, clock } = web.context;
	const now = clock.now();
	const rows = store.read((reading) =>
		restrictions(reading)
			.filter((one) => !isOver(one, now))
			.map((one) => ({
				...restrictionView(web, visit, one),
				reason: serverDecisionById(reading, one.decision)?.reason ?? '',
			})),
	);
	const questions = visit.person === null ? [] : store.read((reading) => openProposals(reading));
	show(
		web,
		visit,
		'other-servers',
		{ title: sayOfServers(web, visit, 'title'), sign: 'neighborhood', path: '/servers' },
		{
			servers: rows,
			lists: visit.person === null ? [] : store.read((reading) => serverLists(reading)),
			questions: questions.map((one) => ({ ...one, wish: wishInWords(web, visit, one) })),
		},
	);
}
