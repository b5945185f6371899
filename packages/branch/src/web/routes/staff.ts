import { parseId } from '@understory/core/ids.ts';
import { suspendedNow } from '../../services/deliberating/suspensions.ts';
import { rulesHere } from '../../services/hosting/deciding.ts';
import { waitingForSecond } from '../../services/hosting/quarantining.ts';
import { workload } from '../../services/hosting/workload.ts';
import { isRipe } from '../../services/restricting/settling.ts';
import { auditNews } from '../../store/audits.ts';
import { countUnreadMoves } from '../../store/matter-moves.ts';
import { openQuestions } from '../../store/office-questions.ts';
import { listPosts } from '../../store/posts.ts';
import { openProposals } from '../../store/proposals.ts';
import { isDue, restrictions } from '../../store/restrictions.ts';
import { countWaiting } from '../../store/servers.ts';
import { findingView } from '../finding-view.ts';
import { say, show } from '../frame.ts';
import { postViews } from '../post-view.ts';
import { rotaEnds } from '../unhosted-view.ts';
import { asked, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';
import { hearingOf } from './handed.ts';
import { teamCounts } from './team-list.ts';

/** The host's room. Every page asks the grants in force at that moment. */
export const STAFF_ROUTES: readonly Route[] = [{ method: 'get', path: '/staff', need: 'host', run: queue }];

const SHOWN = 50;

/** Recent posts, newest first: what people of this branch can read, whoever wrote it; never what is between named people. */
async function queue(web: Web, visit: Visit): Promise<void> {
	const before = parseId(asked(visit, 'before'));
	const scopes = ['branch', 'neighborhood', 'public'] as const;
	const posts = web.context.store.read((reading) =>
		listPosts(reading, { scopes, limit: SHOWN, ...(before ? { before } : {}) }),
	);
	const staffId = staffOf(visit);
	const isTeam = web.context.current.may(staffId, 'see_team_list');
	show(
		web,
		visit,
		'staff',
		{ title: say(web, visit, 'staff.title'), sign: 'staff', path: '/staff' },
		{
			...web.context.store.read((reading) => workload(web.context, reading)),
			rotaEnds: rotaEnds(web.context),
			waiting: web.context.store.read((reading) => countWaiting(reading)),
			requests: web.context.store.read((reading) => openQuestions(reading).length),
			...serverWork(web),
			...handedTo(web, staffId),
			audited: auditedOf(web, staffId),
			team: isTeam ? await teamCounts(web, staffId) : null,
			posts: postViews(web, visit, posts),
			older: posts.length === SHOWN ? `/staff?before=${posts.at(-1)!.id}` : null,
			done: asked(visit, 'done') !== '' ? statementHref(web, asked(visit, 'done')) : null,
			greets: web.context.current.may(visit.staffId, 'greet'),
			parents: web.context.current.may(visit.staffId, 'note_parents'),
			spaces: web.context.current.may(visit.staffId, 'set_spaces'),
			offices: web.context.current.may(visit.staffId, 'label_offices'),
			hasRules: rulesHere(web.context).length > 0,
		},
	);
}

/** What was handed over and not read yet, and how many wait for a second person. */
function handedTo(web: Web, staffId: string) {
	return web.context.store.read((reading) => ({
		handed: countUnreadMoves(reading, hearingOf(web, staffId)),
		seconds: waitingForSecond(web.context, staffId).length,
	}));
}

/** Their decisions that an auditor read, until they open them. */
function auditedOf(web: Web, staffId: string) {
	return web.context.store
		.read((reading) => auditNews(reading, staffId))
		.map((id) => ({ href: `/staff/decisions/${id}`, agrees: findingView(web, id)?.agrees }));
}

/** How many proposals can be decided, and at how many servers hosts are to look again. */
function serverWork(web: Web) {
	const { store, clock, book } = web.context;
	// Members of the neighborhood; it says there why.
	const suspended = book.rosters().flatMap((roster) => suspendedNow(roster, clock.now())).length;
	return store.read((reading) => ({
		suspended,
		ripe: openProposals(reading).filter((one) => isRipe(web.context, reading, one)).length,
		due: restrictions(reading).filter((one) => isDue(one, clock.now())).length,
	}));
}

function statementHref(web: Web, id: string): string | null {
	const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
	return uuid.test(id) ? `${web.context.current.library().accountability_origin}/statements/${id}` : null;
}
