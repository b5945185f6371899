import { BadInput, NotFound } from '@understory/core/errors.ts';
import { removeFollower } from '../../services/follow-requests.ts';
import { unfollow } from '../../services/following.ts';
import { answerProposal, LONGEST_ANSWER, noteRead, wordsOf } from '../../services/restricting/answering.ts';
import { concernedCsv } from '../../services/restricting/previewing.ts';
import { partsOf } from '../../services/restricting/together.ts';
import { findAside } from '../../store/aside.ts';
import type { Person } from '../../store/people.ts';
import { asksNobodyByName, countAsked, type Proposal, proposalById } from '../../store/proposals.ts';
import { restrictionOf, type ServerDecision, serverDecisionsOf } from '../../store/restrictions.ts';
import { rosterWord } from '../../store/roster-words.ts';
import { serverAt } from '../../store/servers.ts';
import { answerChoices, sumsOf } from '../asked-view.ts';
import { localAuthor } from '../author-view.ts';
import { doorView } from '../door.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import {
	addressOfList,
	boardHref,
	concernedViews,
	LEVEL_NAMES,
	restrictionView,
	sayOfServers,
	statementHref,
	wishInWords,
} from '../server-view.ts';
import { asked, field, goTo, part, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What somebody of the branch reads and says before hosts decide about another server, and what became of it. */
export const ASKED_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/asked/:id', need: 'porch', run: (web, visit) => showOne(web, visit, NO_FAULTS) },
	{ method: 'post', path: '/asked/:id', need: 'porch', run: answer },
	{ method: 'get', path: '/asked/:id/people.csv', need: 'porch', run: people },
	{ method: 'post', path: '/asked/:id/let-go', need: 'porch', run: letGo },
];

function answer(web: Web, visit: Visit): void {
	const said = {
		...{ answer: field(visit, 'answer'), words: field(visit, 'words') },
		shares: field(visit, 'shares') === 'yes',
	};
	try {
		answerProposal(web.context, personOf(visit), part(visit, 'id'), said);
		goTo(visit, `/asked/${part(visit, 'id')}?sent=yes`);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showOne(web, visit, faultViews(web, visit, error, { count: LONGEST_ANSWER }));
	}
}

/** The people it is about, to keep. */
function people(web: Web, visit: Visit): void {
	const { host } = proposalIn(web, visit);
	visit.response
		.attachment(`people-${host.replaceAll(/[^a-z0-9.-]/g, '-')}.csv`)
		.type('text/csv; charset=utf-8')
		.send(concernedCsv(web.context, personOf(visit), [host]));
}

/** What is set aside need not come back: they end it from here. Repeatable. */
function letGo(web: Web, visit: Visit): void {
	const person = personOf(visit);
	const { host } = proposalIn(web, visit);
	const actor = field(visit, 'actor');
	const me = web.context.at.person(person.id);
	const found = web.context.store.read((reading) => ({
		mine: findAside(reading, me, actor),
		theirs: findAside(reading, actor, me),
	}));
	if (found.mine) unfollow(web.context, person, actor);
	if (found.theirs) removeFollower(web.context, person, actor);
	goTo(visit, `/asked/${part(visit, 'id')}#${host}`);
}

function showOne(web: Web, visit: Visit, faults: FaultViews): void {
	const person = personOf(visit);
	const proposal = proposalIn(web, visit);
	const own = noteRead(web.context, person, proposal.id);
	const { held, decisions, counts, server } = web.context.store.read((reading) => ({
		held: restrictionOf(reading, proposal.host),
		decisions: serverDecisionsOf(reading, proposal.host).filter(({ at }) => at >= proposal.created),
		counts: countAsked(reading, proposal.id),
		server: serverAt(reading, `${new URL(web.context.origin).protocol}//${proposal.host}`),
	}));
	const failed = faults.list.length > 0;
	const vote = proposal.deliberation !== null;
	const letIn = asksNobodyByName(proposal);
	const off = held?.level === 'suspend';
	const title = titleOf(web, visit, proposal, letIn);
	show(
		web,
		visit,
		'asked',
		{
			title,
			sign: 'notices',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: `/asked/${proposal.id}` }),
		},
		{
			...{ proposal, faults, title, letIn, off, vote, listed: addressOfList(proposal) },
			open: proposal.decided === null,
			sent: asked(visit, 'sent') === 'yes',
			touched: own !== null && own.follows + own.followers + own.talks + own.lists > 0,
			via: sayOfServers(web, visit, 'asked.via', { count: counts.asked }),
			sums: own && sumsOf(web, visit, own),
			wish: wishInWords(web, visit, proposal),
			held: held && restrictionView(web, visit, held),
			told: vote
				? voiceView(web, visit, proposal)
				: decisionsView(web, visit, decisions, letIn ? server : undefined),
			people: letIn ? [] : concernedViews(web, visit, person, proposal.host),
			levels: (vote ? [] : ['none' as const, ...LEVEL_NAMES]).map((level) => ({
				label: sayOfServers(web, visit, `level.${level}`),
				means: sayOfServers(web, visit, `means.${level}`),
				people: sayOfServers(web, visit, `people_then.${level}`),
			})),
			answers: answerChoices(web, visit, { chosen: field(visit, 'answer') || own?.answer, vote }),
			words: field(visit, 'words') || (own ? wordsOf(web.context, own) : ''),
			shares: field(visit, 'shares') === 'yes' || own?.shares === 1,
			all: togetherHref(web, person, proposal),
			board: boardHref(web, visit, proposal),
			address: `@${person.handle}@${new URL(web.context.origin).host}`,
			me: localAuthor(web, person.id).name,
			door: doorView(web, visit),
		},
	);
}

/** The page of everything they were asked about as one with it; null where this is all. */
function togetherHref(web: Web, person: Pick<Person, 'id'>, { together }: Proposal): string | null {
	if (together === null) return null;
	const parts = web.context.store.read((reading) => partsOf(reading, together, person));
	return parts.length > 1 ? `/asked/together/${together}` : null;
}

function titleOf(
	web: Web,
	visit: Visit,
	{ host, decided, emergency, wants }: Proposal,
	letIn: boolean,
): string {
	if (decided === null && (wants === 'admit' || wants === 'expel' || wants === 'follow_list')) {
		return sayOfServers(web, visit, `vote.title_${wants}`, { host });
	}
	const key =
		decided !== null ? 'title_decided' : letIn ? 'title_let_in' : emergency ? 'title_limited' : 'title';
	return sayOfServers(web, visit, `asked.${key}`, { host });
}

/** What this branch said to its neighborhood. */
function voiceView(web: Web, visit: Visit, { deliberation, decided }: Proposal) {
	const voice = web.context.store.read((reading) => rosterWord(reading, 'voice', deliberation ?? ''));
	if (!voice || decided === null) return [];
	const level = sayOfServers(web, visit, `vote.said_${voice.voice}`);
	return [{ at: voice.at, reason: voice.reason, review: null, statement: null, level, means: '' }];
}

/** What hosts decided since it was asked, newest first; about a server that wanted in, their answer. */
function decisionsView(
	web: Web,
	visit: Visit,
	decisions: readonly ServerDecision[],
	server: ReturnType<typeof serverAt>,
) {
	const answered =
		server?.decided == null
			? []
			: [
					{
						at: server.decided,
						reason: server.reason,
						level: sayOfServers(web, visit, `let_in.${server.state}`),
					},
				];
	const told = decisions.map(({ id, at, level, reason, review }) => ({
		...{ at, reason, review, statement: statementHref(web, id) },
		level: sayOfServers(web, visit, `level.${level ?? 'none'}`),
		means: sayOfServers(web, visit, `means.${level ?? 'none'}`),
	}));
	return [...told, ...answered];
}

/** The proposal that the path names. Throws NotFound. */
function proposalIn(web: Web, visit: Visit): Proposal {
	const found = web.context.store.read((reading) => proposalById(reading, part(visit, 'id')));
	if (!found) throw new NotFound();
	return found;
}
