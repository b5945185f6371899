import { recordOf } from '../services/hosting/case-record.ts';
import { stateOf } from '../services/hosting/standing-release.ts';
import { paragraphsIn } from '../services/hosting/unsealing.ts';
import type { DecisionRow } from '../store/decisions.ts';
import { type OfficeQuestion, questionsOf } from '../store/office-questions.ts';
import { countLooks, looksOf, type NamedOffice, type ReleaseRow } from '../store/releases.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** Looks that a page lists; their number is said whole. */
const LOOKS = 50;

/** An office in words: what it is, of what, and who holds it. */
export function officeWords({ role, body, name }: NamedOffice): string {
	return [role, body, name].filter(Boolean).join(', ');
}

/** What an office asked and what came of it, unsealed. The caller has asked whether this visitor may. */
export function questionView(web: Web, visit: Visit, question: OfficeQuestion) {
	const { id, asked, due, outcome, closed } = question;
	const { context } = web;
	return {
		...{ id, at: asked, due: noonOf(due), closed },
		words: paragraphsIn(context, `office-question:${id}`, question.words),
		answer: paragraphsIn(context, `office-answer:${id}`, question.answer ?? ''),
		outcome: outcome && web.views.design.t(visit.language, `release.outcome.${outcome}`),
		entry: `${context.current.library().accountability_origin}/statements/${id}`,
	};
}

/** A release as whoever signed it reads it: how it stands, when it was read, what was asked. */
export function releaseView(web: Web, visit: Visit, row: ReleaseRow) {
	const { store } = web.context;
	const [looks, count, questions] = store.read((reading) => [
		looksOf(reading, row.id, LOOKS),
		countLooks(reading, row.id),
		questionsOf(reading, row.id),
	]);
	const state = stateOf(web.context, row);
	return {
		...{ id: row.id, at: row.created, until: noonOf(row.until), revoked: row.revoked, words: row.words },
		...{ office: officeWords(row.office), open: state === 'open', looks, count },
		onPaper: row.taken_by !== null,
		questions: questions.map((one) => questionView(web, visit, one)),
	};
}

/** What was decided and said between the person and the library; what an office asked, another does not read. */
const OF_CASE: readonly string[] = ['facts', 'answer', 'appeal', 'appeal_answer', 'reversal'];

/** The case as the office reads it: who anybody is, its person too, is taken out as of any record (docs/adr/0085), and the words of the post are there only where they were released. */
export function releasedTexts(web: Web, visit: Visit, row: ReleaseRow, decision: DecisionRow) {
	const t = (key: string) => web.views.design.t(visit.language, `cases.record.${key}`);
	const record = web.context.store.read((reading) =>
		recordOf(web.context, reading, decision, { number: row.id, asker: 'anybody' }),
	);
	return record.texts
		.filter(({ what }) => OF_CASE.includes(what) || (row.words && what === 'post'))
		.map(({ what, at, parts }) => ({
			at,
			what: t(`what.${what}`),
			parts: parts.map((part) =>
				typeof part === 'string'
					? { text: part, label: null }
					: { text: null, label: t(`rule.${part.rule}`) },
			),
		}));
}

/** Noon, so that the date is the same in every zone. */
export function noonOf(day: string): number {
	return Date.parse(`${day}T12:00:00Z`);
}
