import { readFile, stat } from 'node:fs/promises';
import { BadInput, NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { listsTogether } from '../../services/deliberating/lists-together.ts';
import { ANSWER_DAYS } from '../../services/restricting/asking.ts';
import { declineDrafts, differencesFrom, MOST_TAKEN, takeDrafts } from '../../services/restricting/drafts.ts';
import { bringList, dropList, followList } from '../../services/restricting/lists.ts';
import { previewOf } from '../../services/restricting/previewing.ts';
import { LARGEST_LIST, listCsv } from '../../services/restricting/read-list.ts';
import { LONGEST_REASON } from '../../services/restricting/reason.ts';
import { isOver } from '../../services/restricting/restrictions.ts';
import { REVIEW_DAYS } from '../../services/restricting/review.ts';
import { restrictions, serverDecisionById } from '../../store/restrictions.ts';
import {
	countDrafts,
	draftsOf,
	type ServerList,
	serverListBy,
	serverLists,
} from '../../store/server-lists.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { fileNamesOf, filesOf } from '../multipart.ts';
import { keepAnswer } from '../public-pages.ts';
import { dayChoices, sayOfServers, touchesInWords } from '../server-view.ts';
import { asked, field, fields, goTo, part, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Lists of servers: what this branch keeps away as a file, and what others publish, as drafts. */
export const SERVER_LIST_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/servers.csv', need: 'nobody', run: csv },
	{ method: 'get', path: '/servers/lists/:id', need: 'person', run: differences },
	{
		method: 'get',
		path: '/staff/servers/lists',
		need: 'host',
		run: (web, visit) => lists(web, visit, NO_FAULTS),
	},
	{ method: 'post', path: '/staff/servers/lists', need: 'host', run: follow },
	{ method: 'post', path: '/staff/servers/lists/file', need: 'host', run: bring },
	{
		method: 'get',
		path: '/staff/servers/lists/:id',
		need: 'host',
		run: (web, visit) => drafts(web, visit, NO_FAULTS),
	},
	{ method: 'post', path: '/staff/servers/lists/:id', need: 'host', run: settle },
	{ method: 'post', path: '/staff/servers/lists/:id/drop', need: 'host', run: drop },
];

/** Mastodon's file of domain blocks, for whoever wants to follow what is decided here. */
function csv(web: Web, visit: Visit): void {
	const { store, clock } = web.context;
	const rows = store.read((reading) =>
		restrictions(reading)
			.filter((one) => !isOver(one, clock.now()))
			.map(({ host, level, decision }) => ({
				...{ host, level },
				comment: serverDecisionById(reading, decision)?.reason ?? '',
			})),
	);
	keepAnswer(visit.response, 'text/csv; charset=utf-8', Buffer.from(listCsv(rows)));
}

/** Where this branch does otherwise than a list that its hosts follow. */
function differences(web: Web, visit: Visit): void {
	const list = listIn(web, visit);
	const title = sayOfServers(web, visit, 'lists.differs', { name: list.name });
	show(
		web,
		visit,
		'server-differences',
		{ title, sign: 'neighborhood', path: `/servers/lists/${list.id}` },
		{
			...{ list, title },
			rows: differencesFrom(web.context, list).map(({ host, level, here, comment }) => ({
				...{ host, comment },
				there: sayOfServers(web, visit, `level.${level}`),
				here: sayOfServers(web, visit, `level.${here ?? 'none'}`),
			})),
		},
	);
}

function lists(web: Web, visit: Visit, faults: FaultViews): void {
	const failed = faults.list.length > 0;
	const all = web.context.store.read((reading) =>
		serverLists(reading).map((list) => ({
			...listView(web, visit, list),
			waiting: sayOfServers(web, visit, 'lists.waiting', { count: countDrafts(reading, list.id) }),
		})),
	);
	show(
		web,
		visit,
		'server-lists',
		{
			title: sayOfServers(web, visit, 'lists.title'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: '/staff/servers/lists' }),
		},
		{
			...{ faults, lists: all },
			typed: { url: field(visit, 'url'), name: field(visit, 'name') },
			neighbors: neighborLists(web),
			together: togetherLists(web),
		},
	);
}

function listView(web: Web, visit: Visit, list: ServerList) {
	const { id, name, url, read, fault, unread } = list;
	return {
		...{ id, name, url, read },
		fault: fault && sayOfServers(web, visit, `lists.fault.${fault}`),
		unread: unread > 0 ? sayOfServers(web, visit, 'lists.unread', { count: unread }) : null,
	};
}

/** Where neighbors publish what they keep away, so that a neighborhood can do it together and each branch still decides. */
function neighborLists(web: Web) {
	const { book, origin } = web.context;
	const members = book.rosters().flatMap((roster) => roster.members);
	return [...book.trust().neighborsOf(origin)]
		.filter((other) => other !== origin)
		.map((other) => ({
			url: `${other}/servers.csv`,
			name: members.find((member) => member.origin === other)?.name ?? new URL(other).host,
		}));
}

/** Lists that a neighborhood decided to follow, and this branch does not: it may, with one press. */
function togetherLists(web: Web) {
	const { context } = web;
	return context.store
		.read((reading) => listsTogether(context, reading))
		.filter(({ followed }) => !followed)
		.map(({ proposal }) => ({ url: proposal.domain, name: proposal.name }));
}

function follow(web: Web, visit: Visit): void {
	try {
		followList(web.context, staffOf(visit), { url: field(visit, 'url'), name: field(visit, 'name') });
		goTo(visit, '/staff/servers/lists');
	} catch (error) {
		lists(web, visit, faultViews(web, visit, error));
	}
}

async function bring(web: Web, visit: Visit): Promise<void> {
	const [path] = filesOf(visit.response);
	try {
		if (path === undefined) throw new BadInput('There is no file.', [{ field: 'file', text: 'import_none' }]);
		const { size } = await stat(path);
		if (size > LARGEST_LIST)
			throw new BadInput('That is too large.', [{ field: 'file', text: 'import_large' }]);
		const name = (fileNamesOf(visit.response)[0] ?? '').replaceAll(/[^\w.-]+/g, ' ').slice(0, 60);
		const id = await bringList(web.context, staffOf(visit), { bytes: await readFile(path), name });
		goTo(visit, `/staff/servers/lists/${id}`);
	} catch (error) {
		lists(web, visit, faultViews(web, visit, error));
	}
}

/** What waits, a page of it; with how many here each would touch. */
function drafts(web: Web, visit: Visit, faults: FaultViews): void {
	const { context } = web;
	const list = listIn(web, visit);
	const failed = faults.list.length > 0;
	const chosen = new Set(fields(visit, 'hosts'));
	const found = context.store.read((reading) => {
		const all = draftsOf(reading, list.id);
		const waiting = all.filter(({ state, gone }) => state === 'waiting' && gone === null);
		return {
			count: waiting.length,
			rows: waiting.slice(0, MOST_TAKEN).map(({ host, level, comment }) => ({
				...{ host, comment, chosen: chosen.has(host) },
				level: sayOfServers(web, visit, `level.${level}`),
				touches: touchesInWords(web, visit, previewOf(context, reading, host).sums.people),
			})),
			gone: all.filter(({ gone, state }) => gone !== null && state === 'taken'),
		};
	});
	const [decided = '0', questions = '0', left = '0'] = asked(visit, 'done').split('-');
	show(
		web,
		visit,
		'server-drafts',
		{
			title: list.name,
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed ? {} : { path: `/staff/servers/lists/${list.id}` }),
		},
		{
			...{ ...found, faults, list: listView(web, visit, list) },
			more: found.count > MOST_TAKEN ? found.count - MOST_TAKEN : null,
			done: /^\d+-\d+-\d+$/.test(asked(visit, 'done'))
				? sayOfServers(web, visit, 'lists.done', { decided, questions, left })
				: null,
			reason: field(visit, 'reason'),
			answerDays: dayChoices(web, visit, ANSWER_DAYS, 7, 'answer_days'),
			reviews: dayChoices(web, visit, REVIEW_DAYS, 180),
		},
	);
}

function settle(web: Web, visit: Visit): void {
	const { id } = listIn(web, visit);
	const hosts = fields(visit, 'hosts');
	if (field(visit, 'do') === 'decline') {
		declineDrafts(web.context, staffOf(visit), id, hosts);
		goTo(visit, `/staff/servers/lists/${id}`);
		return;
	}
	const [days, answerDays] = [Number(field(visit, 'days')), Number(field(visit, 'answer_days'))];
	try {
		const taking = { hosts, reason: field(visit, 'reason'), days, answerDays };
		const { decided, asked: questions, left } = takeDrafts(web.context, staffOf(visit), id, taking);
		goTo(visit, `/staff/servers/lists/${id}?done=${decided}-${questions}-${left}`);
	} catch (error) {
		drafts(web, visit, faultViews(web, visit, error, { count: LONGEST_REASON }));
	}
}

function drop(web: Web, visit: Visit): void {
	dropList(web.context, staffOf(visit), listIn(web, visit).id);
	goTo(visit, '/staff/servers/lists');
}

/** The list that the path names. Throws NotFound. */
function listIn(web: Web, visit: Visit): ServerList {
	const id = parseId(part(visit, 'id'));
	const found = id === null ? undefined : web.context.store.read((reading) => serverListBy(reading, id));
	if (!found) throw new NotFound();
	return found;
}
