import { BadInput, TooMany } from '@understory/core/errors.ts';
import { ask, LONGEST_QUESTION } from '../../services/hosting/official-requests.ts';
import { lookInto } from '../../services/hosting/standing-release.ts';
import { decisionById } from '../../store/decisions.ts';
import { questionsOf } from '../../store/office-questions.ts';
import type { ReleaseRow } from '../../store/releases.ts';
import { decisionView } from '../decision-view.ts';
import { doorView } from '../door.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { say, show } from '../frame.ts';
import { noonOf, officeWords, questionView, releasedTexts } from '../release-view.ts';
import { field, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Where an office that has no account here sends the code: nothing is done in anybody's name, so no session is needed and none is begun. */
export const OFFICE_FORMS: readonly string[] = ['/released', '/released/question'];

/** The case that somebody let an office read, and its question to the library. The code is in forms alone, so that no address leads there. */
export const RELEASED_ROUTES: readonly Route[] = [
	{
		method: 'get',
		path: '/released',
		need: 'nobody',
		run: (web, visit) => showAsking(web, visit, NO_FAULTS),
	},
	{ method: 'post', path: '/released', need: 'nobody', run: read },
	{ method: 'post', path: '/released/question', need: 'nobody', run: question },
];

function read(web: Web, visit: Visit): void {
	if (isTooOften(web, visit)) return;
	showCase(web, visit, { asked: false, words: '', faults: NO_FAULTS });
}

function question(web: Web, visit: Visit): void {
	if (isTooOften(web, visit)) return;
	const words = field(visit, 'question');
	try {
		const asked = ask(web.context, field(visit, 'code'), words) !== null;
		showCase(web, visit, { asked, words: '', faults: NO_FAULTS });
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		const faults = faultViews(web, visit, error, { count: LONGEST_QUESTION });
		showCase(web, visit, { asked: false, words, faults });
	}
}

/** Whoever guesses is slowed down like whoever sends reports; what was typed stays on the page. */
function isTooOften(web: Web, visit: Visit): boolean {
	try {
		web.visitorLimit(visit.request, visit.response, () => undefined);
		return false;
	} catch (error) {
		if (!(error instanceof TooMany)) throw error;
		visit.response.setHeader('retry-after', String(error.retryAfter));
		const text = say(web, visit, 'fault.visitors_many');
		showAsking(web, visit, { list: [{ field: 'code', text }], by: { code: text } }, error.status);
		return true;
	}
}

function showAsking(web: Web, visit: Visit, faults: FaultViews, status = 422): void {
	const failed = faults.list.length > 0;
	show(
		web,
		visit,
		'released-ask',
		{
			title: t(web, visit, 'ask'),
			status: failed ? status : 200,
			...(failed ? {} : { path: '/released' }),
		},
		{
			...{ faults, door: doorView(web, visit) },
			// What somebody wrote to the library is not lost when they have to wait.
			words: field(visit, 'question'),
		},
	);
}

interface Said {
	readonly asked: boolean;
	readonly words: string;
	readonly faults: FaultViews;
}

function showCase(web: Web, visit: Visit, said: Said): void {
	const code = field(visit, 'code');
	const found = lookInto(web.context, code);
	if (!found) {
		const none = new BadInput('That is no code.', [{ field: 'code', text: 'release_code' }]);
		showAsking(web, visit, faultViews(web, visit, none));
		return;
	}
	if (found.state === 'open') showOpen(web, visit, found.release, code, said);
	else showOver(web, visit, found.release, found.state);
}

/** That it is over, and nothing of the case. */
function showOver(web: Web, visit: Visit, row: ReleaseRow, state: 'revoked' | 'over'): void {
	show(
		web,
		visit,
		'released-over',
		{ title: t(web, visit, 'ended'), status: 410 },
		{ revoked: state === 'revoked', until: noonOf(row.until), door: doorView(web, visit) },
	);
}

function showOpen(
	web: Web,
	visit: Visit,
	row: ReleaseRow,
	code: string,
	{ asked, words, faults }: Said,
): void {
	const { store } = web.context;
	const [decision, questions] = store.read((reading) => [
		decisionById(reading, row.decision)!,
		questionsOf(reading, row.id),
	]);
	const { rule, done, at, until, statement, id, began, machine } = decisionView(web, visit, decision);
	show(
		web,
		visit,
		'released',
		{ title: t(web, visit, 'title'), status: faults.list.length > 0 ? 422 : 200 },
		{
			...{ rule, done, at, until, statement, id, began, machine, code, asked, words, faults },
			ends: noonOf(row.until),
			office: officeWords(row.office),
			withPost: row.words,
			texts: releasedTexts(web, visit, row, decision),
			questions: questions.map((one) => questionView(web, visit, one)),
			waiting: questions.some(({ closed }) => closed === null),
			library: web.context.current.library().name,
			door: doorView(web, visit),
		},
	);
}

function t(web: Web, visit: Visit, key: string): string {
	return web.views.design.t(visit.language, `release.office.${key}`);
}
