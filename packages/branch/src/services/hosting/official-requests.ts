import { addWorkingDays, dateIn } from '@understory/core/calendar.ts';
import { BadInput, Conflict, type Fault, NotAllowed, NotFound } from '@understory/core/errors.ts';
import type { OfficeInLog, OfficialRequestEntry, RequestOutcome } from '@understory/core/statement.ts';
import type { BranchContext } from '../../context.ts';
import { decisionById } from '../../store/decisions.ts';
import {
	addQuestion,
	closeQuestion,
	type OfficeQuestion,
	questionById,
	questionsOf,
} from '../../store/office-questions.ts';
import { type ReleaseRow, releaseById } from '../../store/releases.ts';
import type { Writing } from '../../store/store.ts';
import { cleanText, lengthOf } from '../plain-text.ts';
import { record } from '../recording.ts';
import { releaseBy, stateOf } from './standing-release.ts';
import { tellOfAct } from './telling.ts';

/** How many working days an answer to an office may take. */
export const ANSWER_DAYS = 10;
/** Longest question and longest answer, in characters. */
export const LONGEST_QUESTION = 2000;
const DAY = 24 * 60 * 60_000;

/** What a host can answer with. */
export const ANSWERS = ['answered', 'declined'] as const satisfies readonly RequestOutcome[];

/**
 * An office asks the library about the case that it was let read: one transaction with the entry in the log, which names the office and neither the case nor anybody. Null when
 * the release was never given out or is over meanwhile, so that nothing is asked. Throws BadInput `office_words`, `office_asked` while another question of it is open.
 */
export function ask(context: BranchContext, typed: string, said: string): OfficeQuestion | null {
	return context.store.transact((writing) => {
		const release = releaseBy(writing, typed);
		if (!release || stateOf(context, release) !== 'open') return null;
		const words = wordsOr(said, 'question', 'office_words');
		if (questionsOf(writing, release.id).some(({ closed }) => closed === null)) {
			const fault: Fault = { field: 'question', text: 'office_asked' };
			throw new BadInput('The library has a question of yours already.', [fault]);
		}
		const id = context.ids.random();
		const asked = context.clock.now();
		addQuestion(writing, {
			...{ id, release: release.id, asked },
			words: context.keyring.seal(`office-question:${id}`, words),
			due: addWorkingDays(dateIn(context.current.library().zone, asked), ANSWER_DAYS),
		});
		recordRequest(context, writing, release.office, { id, outcome: 'open', days: null, refs: [] });
		return questionById(writing, id)!;
	});
}

/**
 * A host answers an office, or says why the library does not; whoever the case is about reads it too, and is told. Throws NotAllowed, NotFound, BadInput `request_outcome`,
 * `request_answer`, Conflict `already_answered`.
 */
export function answerOffice(
	context: BranchContext,
	staffId: string,
	id: string,
	said: { readonly outcome: string; readonly words: string },
): void {
	if (!context.current.mayDecide(staffId)) {
		throw new NotAllowed('Only the hosts of this branch answer.', 'not_a_host');
	}
	context.store.transact((writing) => {
		const question = questionById(writing, id);
		if (!question) throw new NotFound();
		const outcome = ANSWERS.find((one) => one === said.outcome);
		if (!outcome) {
			throw new BadInput('Say what you do.', [{ field: 'outcome', text: 'request_outcome' }]);
		}
		const answer = wordsOr(said.words, 'answer', 'request_answer');
		const { office, decision, person } = releaseById(writing, question.release)!;
		closeRequest(context, writing, { question, office, outcome, answer, staffId });
		const { post } = decisionById(writing, decision)!;
		tellOfAct(context, writing, { kind: 'office_answered', decision, person, post });
	});
}

/** Closes a question, here and in the log. Throws Conflict `already_answered`. */
export function closeRequest(
	context: BranchContext,
	writing: Writing,
	closing: {
		readonly question: OfficeQuestion;
		readonly office: ReleaseRow['office'];
		readonly outcome: RequestOutcome;
		readonly answer?: string;
		readonly staffId?: string;
	},
): void {
	const { question, office, outcome, answer, staffId = null } = closing;
	const id = context.ids.random();
	const closed = context.clock.now();
	const sealed = answer === undefined ? null : context.keyring.seal(`office-answer:${question.id}`, answer);
	const said = { outcome, outcome_id: id, answer: sealed, staff_id: staffId, closed };
	if (closeQuestion(writing, question.id, said) === 0) {
		throw new Conflict('This was answered or withdrawn before.', 'already_answered');
	}
	const { zone } = context.current.library();
	const days = Math.round(
		(Date.parse(dateIn(zone, closed)) - Date.parse(dateIn(zone, question.asked))) / DAY,
	);
	recordRequest(context, writing, office, { id, outcome, days, refs: [question.id] });
}

function recordRequest(
	context: BranchContext,
	writing: Writing,
	{ role, body, division }: OfficeInLog,
	said: Pick<OfficialRequestEntry, 'id' | 'outcome' | 'days' | 'refs'>,
): void {
	const office = { role, body, division };
	record(context, writing, {
		...{ kind: 'official_request', request: 'case_question', office, ...said, texts: {} },
	});
}

function wordsOr(said: string, field: string, fault: string): string {
	const words = cleanText(said);
	if (words !== '' && lengthOf(words) <= LONGEST_QUESTION) return words;
	throw new BadInput('Something on this page needs another look.', [{ field, text: fault }]);
}
