import { BadInput } from '@understory/core/errors.ts';
import { leftNeighborhoods } from '../../services/consenting.ts';
import { askMembers } from '../../services/deliberating/asking-members.ts';
import { type Hearing, hearings } from '../../services/deliberating/deliberations.ts';
import {
	comeBack,
	LONGEST_REPLY,
	leaveNeighborhood,
	replyToProposal,
} from '../../services/deliberating/saying.ts';
import { ANSWER_DAYS } from '../../services/restricting/asking.ts';
import { lookAtList } from '../../services/restricting/look-at-list.ts';
import { proposalAboutDeliberation } from '../../store/proposals.ts';
import { rosterWord } from '../../store/roster-words.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { hearingView, wayInWords } from '../hearing-view.ts';
import { dayChoices, LEVEL_NAMES, sayOfServers, touchesInWords } from '../server-view.ts';
import { asked, field, goTo, part, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What is proposed to the neighborhoods of this branch, for its hosts (docs/adr/0101). */
export const DELIBERATION_ROUTES: readonly Route[] = [
	{
		method: 'get',
		path: '/staff/neighborhood',
		need: 'host',
		run: look,
	},
	{ method: 'post', path: '/staff/neighborhood/standing', need: 'host', run: stand },
	{ method: 'post', path: '/staff/neighborhood/:id/ask', need: 'host', run: ask },
	{ method: 'post', path: '/staff/neighborhood/:id/reply', need: 'host', run: reply },
];

/** The page; with what a list that is proposed holds at this moment, when a host asks for it. */
async function look(web: Web, visit: Visit): Promise<void> {
	const id = asked(visit, 'look');
	const { context } = web;
	const one = hearings(context).find(({ proposal }) => proposal.id === id);
	if (one?.proposal.kind !== 'follow_list') return list(web, visit, NO_FAULTS);
	const found = await lookAtList(context, staffOf(visit), one.proposal.domain);
	list(web, visit, NO_FAULTS, { id, view: lookView(web, visit, found) });
}

type Looked = { readonly id: string; readonly view: ReturnType<typeof lookView> };

/** What a list holds, in words; or why it cannot be read. */
function lookView(web: Web, visit: Visit, found: Awaited<ReturnType<typeof lookAtList>>) {
	const say = (key: string, values: object = {}) => sayOfServers(web, visit, key, { ...values });
	if (typeof found === 'string') return { fault: say(`lists.fault.${found}`), sums: [], named: [] };
	const { count, levels, people, named } = found;
	const parts = LEVEL_NAMES.flatMap((level) => {
		const of = levels.get(level);
		return of ? [`${say(`level.${level}`)}: ${of}`] : [];
	});
	return {
		fault: null,
		sums: [say('vote.on_it', { count }), ...parts, touchesInWords(web, visit, people)],
		named: named.map(({ host, level, comment }) => ({ host, comment, level: say(`level.${level}`) })),
	};
}

async function ask(web: Web, visit: Visit): Promise<void> {
	const announcement = (voice: { readonly language: string }, page: string, { proposal }: Hearing) =>
		web.views.design.t(voice.language, `servers.vote.announcement_${proposal.kind}`, {
			name: proposal.name,
			page,
		});
	try {
		const id = await askMembers(web.context, staffOf(visit), part(visit, 'id'), {
			days: Number(field(visit, 'days')),
			announcement: field(visit, 'discuss') === 'yes' ? announcement : null,
		});
		goTo(visit, `/staff/proposals/${id}`);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		list(web, visit, faultViews(web, visit, error));
	}
}

function reply(web: Web, visit: Visit): void {
	try {
		replyToProposal(web.context, staffOf(visit), part(visit, 'id'), field(visit, 'words'));
		goTo(visit, '/staff/neighborhood');
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		list(web, visit, faultViews(web, visit, error, { count: LONGEST_REPLY }));
	}
}

/** Leaves a neighborhood, or comes back. */
function stand(web: Web, visit: Visit): void {
	const id = field(visit, 'neighborhood');
	if (field(visit, 'leave') === 'yes') leaveNeighborhood(web.context, staffOf(visit), id);
	else comeBack(web.context, staffOf(visit), id);
	goTo(visit, '/staff/neighborhood');
}

function list(web: Web, visit: Visit, faults: FaultViews, looked?: Looked): void {
	const { context } = web;
	const failed = faults.list.length > 0;
	const left = new Set(context.store.read((reading) => leftNeighborhoods(reading)));
	const rosters = new Map(context.book.rosters().map((roster) => [roster.id, roster]));
	show(
		web,
		visit,
		'deliberations',
		{
			title: sayOfServers(web, visit, 'vote.title'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: '/staff/neighborhood' }),
		},
		{
			faults,
			hearings: hearings(context).map((one) => ({
				...rowOf(web, visit, one, faults),
				look: looked?.id === one.proposal.id ? looked.view : null,
			})),
			days: dayChoices(web, visit, ANSWER_DAYS, 7),
			neighborhoods: context.desired().neighborhoods.map(({ id, charter }) => {
				const roster = rosters.get(id);
				const way = roster?.charter.changes;
				return {
					...{ id, left: left.has(id), name: roster?.name ?? charter.title },
					way: way ? wayInWords(web, visit, way) : sayOfServers(web, visit, 'vote.steward'),
				};
			}),
		},
	);
}

function rowOf(web: Web, visit: Visit, one: Hearing, faults: FaultViews) {
	const { id } = one.proposal;
	const {
		question,
		voice,
		reply: said,
	} = web.context.store.read((reading) => ({
		question: proposalAboutDeliberation(reading, id),
		voice: rosterWord(reading, 'voice', id),
		reply: rosterWord(reading, 'reply', id),
	}));
	const here = faults.list.length > 0 && part(visit, 'id') === id;
	return {
		...hearingView(web, visit, one),
		...{ own: one.own, open: one.open },
		question: question ? `/staff/proposals/${question.id}` : null,
		mayAsk: !one.own && one.open && !question,
		said: voice ? sayOfServers(web, visit, `vote.said_${voice.voice}`) : null,
		words: here ? field(visit, 'words') : (said?.text ?? ''),
		fault: here ? faults.by.words : undefined,
	};
}
