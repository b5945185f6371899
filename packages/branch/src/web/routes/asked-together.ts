import { BadInput, NotFound } from '@understory/core/errors.ts';
import { LONGEST_ANSWER, wordsOf } from '../../services/restricting/answering.ts';
import { concernedCsv } from '../../services/restricting/previewing.ts';
import { answerTogether, type Part, partsOf, readTogether } from '../../services/restricting/together.ts';
import { answerChoices, sumsOf } from '../asked-view.ts';
import { doorView } from '../door.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { concernedViews, sayOfServers, wishInWords } from '../server-view.ts';
import { asked, field, goTo, part, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What somebody is asked about several servers as one: all their people on one page, and one answer. */
export const ASKED_TOGETHER_ROUTES: readonly Route[] = [
	{
		method: 'get',
		path: '/asked/together/:id',
		need: 'porch',
		run: (web, visit) => showAll(web, visit, NO_FAULTS),
	},
	{ method: 'post', path: '/asked/together/:id', need: 'porch', run: answer },
	{ method: 'get', path: '/asked/together/:id/people.csv', need: 'porch', run: people },
];

function answer(web: Web, visit: Visit): void {
	const id = part(visit, 'id');
	const said = { answer: field(visit, 'answer'), words: field(visit, 'words') };
	try {
		answerTogether(web.context, personOf(visit), id, { ...said, shares: field(visit, 'shares') === 'yes' });
		goTo(visit, `/asked/together/${id}?sent=yes`);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showAll(web, visit, faultViews(web, visit, error, { count: LONGEST_ANSWER }));
	}
}

/** All the people it is about, to keep. */
function people(web: Web, visit: Visit): void {
	const person = personOf(visit);
	const parts = web.context.store.read((reading) => partsOf(reading, part(visit, 'id'), person));
	if (parts.length === 0) throw new NotFound();
	const hosts = parts.map(({ proposal }) => proposal.host);
	visit.response
		.attachment('people.csv')
		.type('text/csv; charset=utf-8')
		.send(concernedCsv(web.context, person, hosts));
}

function showAll(web: Web, visit: Visit, faults: FaultViews): void {
	const person = personOf(visit);
	const id = part(visit, 'id');
	const parts = readTogether(web.context, id, person);
	const open = parts.filter(({ proposal }) => proposal.decided === null);
	const [first] = open.length > 0 ? open : parts;
	const failed = faults.list.length > 0;
	const title = sayOfServers(web, visit, 'together.title', { count: parts.length });
	show(
		web,
		visit,
		'asked-together',
		{
			...{ title, sign: 'notices', status: failed ? 422 : 200 },
			...(failed ? {} : { path: `/asked/together/${id}` }),
		},
		{
			...{ id, title, faults, open: open.length > 0 },
			sent: asked(visit, 'sent') === 'yes',
			created: first!.proposal.created,
			until: Math.min(...open.map(({ proposal }) => proposal.until)),
			reason: first!.proposal.reason,
			parts: parts.map(({ proposal, own }) => ({
				...{ id: proposal.id, host: proposal.host, decided: proposal.decided },
				wish: wishInWords(web, visit, proposal),
				sums: sumsOf(web, visit, own),
				people: concernedViews(web, visit, person, proposal.host),
			})),
			answers: answerChoices(web, visit, { chosen: field(visit, 'answer') || said(open), vote: false }),
			words: field(visit, 'words') || (first ? wordsOf(web.context, first.own) : ''),
			shares: field(visit, 'shares') === 'yes' || first?.own.shares === 1,
			door: doorView(web, visit),
		},
	);
}

/** What they answered to all of it; null where it was not the same. */
function said(open: readonly Part[]): string | null {
	const words = new Set(open.map(({ own }) => own.answer));
	return words.size === 1 ? [...words][0]! : null;
}
