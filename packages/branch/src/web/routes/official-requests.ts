import { dateIn } from '@understory/core/calendar.ts';
import { BadInput, NotFound } from '@understory/core/errors.ts';
import { ANSWERS, answerOffice, LONGEST_QUESTION } from '../../services/hosting/official-requests.ts';
import { decisionById } from '../../store/decisions.ts';
import {
	closedQuestions,
	type OfficeQuestion,
	openQuestions,
	questionById,
} from '../../store/office-questions.ts';
import { releaseById } from '../../store/releases.ts';
import { decisionView } from '../decision-view.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { officeWords, questionView } from '../release-view.ts';
import { noteLook } from '../sealed-view.ts';
import { field, goTo, part, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What offices ask about cases that somebody let them read, and the answers of hosts. */
export const OFFICIAL_REQUEST_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/staff/requests', need: 'host', run: list },
	{
		method: 'get',
		path: '/staff/requests/:id',
		need: 'host',
		run: (web, visit) => showOne(web, visit, UNTOUCHED, NO_FAULTS),
	},
	{ method: 'post', path: '/staff/requests/:id', need: 'host', run: send },
];

const SHOWN = 50;
const UNTOUCHED = { outcome: '', words: '' };

function list(web: Web, visit: Visit): void {
	const { store } = web.context;
	const [open, closed] = store.read((reading) => [openQuestions(reading), closedQuestions(reading, SHOWN)]);
	show(
		web,
		visit,
		'official-requests',
		{ title: t(web, visit, 'title'), sign: 'staff', path: '/staff/requests' },
		{
			open: open.map((one) => lineOf(web, visit, one)),
			closed: closed.map((one) => lineOf(web, visit, one)),
		},
	);
}

function send(web: Web, visit: Visit): void {
	const id = part(visit, 'id');
	const typed = { outcome: field(visit, 'outcome'), words: field(visit, 'answer') };
	try {
		answerOffice(web.context, staffOf(visit), id, typed);
		goTo(visit, `/staff/requests/${id}`);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showOne(web, visit, typed, faultViews(web, visit, error, { count: LONGEST_QUESTION }));
	}
}

function showOne(web: Web, visit: Visit, typed: typeof UNTOUCHED, faults: FaultViews): void {
	const { store } = web.context;
	const found = store.read((reading) => {
		const question = questionById(reading, part(visit, 'id'));
		const release = question && releaseById(reading, question.release);
		const decision = release && decisionById(reading, release.decision);
		return question && decision ? { question, decision } : null;
	});
	if (!found) throw new NotFound();
	const { question, decision } = found;
	noteLook(web, visit, 'case', 'work', decision.id);
	const { rule, done } = decisionView(web, visit, decision);
	const path = `/staff/requests/${question.id}`;
	const failed = faults.list.length > 0;
	show(
		web,
		visit,
		'official-request',
		{
			title: t(web, visit, 'one'),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed ? {} : { path }),
		},
		{
			...lineOf(web, visit, question),
			...{ rule, done, action: path, typed, faults },
			case: `/staff/decisions/${decision.id}`,
			answers: ANSWERS.map((outcome) => ({
				outcome,
				label: t(web, visit, `act.${outcome}.label`),
				hint: t(web, visit, `act.${outcome}.hint`),
				checked: outcome === typed.outcome,
			})),
		},
	);
}

function lineOf(web: Web, visit: Visit, question: OfficeQuestion) {
	const { current, clock, store } = web.context;
	const { office } = store.read((reading) => releaseById(reading, question.release))!;
	const today = dateIn(current.library().zone, clock.now());
	return {
		...questionView(web, visit, question),
		href: `/staff/requests/${question.id}`,
		office: officeWords(office),
		late: question.closed === null && question.due < today,
	};
}

function t(web: Web, visit: Visit, key: string): string {
	return web.views.design.t(visit.language, `release.staff.${key}`);
}
