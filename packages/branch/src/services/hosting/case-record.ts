import { BadInput, type Fault } from '@understory/core/errors.ts';
import type { BranchContext } from '../../context.ts';
import { appealsOf } from '../../store/appeals.ts';
import { answerTo, type DecisionRow, reversalOf } from '../../store/decisions.ts';
import { questionsOf } from '../../store/office-questions.ts';
import { type PersonName, personById, personNames } from '../../store/people.ts';
import { postById } from '../../store/posts.ts';
import { quarantinedBy } from '../../store/quarantine.ts';
import { releasesOf } from '../../store/releases.ts';
import { remoteNames } from '../../store/remote-actors.ts';
import type { Reading } from '../../store/store.ts';
import { cleanLine } from '../plain-text.ts';
import { type Part, type RedactionRule, redact } from './redacting.ts';
import { keptPost } from './removing.ts';
import { wordsOf } from './subject.ts';
import { unsealed } from './unsealing.ts';

/** Who asks for the record: the person the case is about, or anybody else, to whom they must not be told either. */
export type Asker = 'subject' | 'anybody';

/** A text of a case, redacted. */
export interface RecordPart {
	readonly what:
		| 'post'
		| 'facts'
		| 'answer'
		| 'appeal'
		| 'appeal_answer'
		| 'reversal'
		| 'office_question'
		| 'office_answer';
	/** UTC milliseconds. */
	readonly at: number;
	readonly parts: readonly Part[];
}

/** A case as it is handed to whoever may ask for records. */
export interface CaseRecord {
	/** What the library calls the request. */
	readonly number: string;
	readonly asker: Asker;
	readonly texts: readonly RecordPart[];
	/** How many places each rule took out. */
	readonly redactions: readonly { readonly rule: RedactionRule; readonly count: number }[];
}

/** What a form asks for. */
export interface RecordRequest {
	readonly number: string;
	readonly asker: string;
}

/** Holds a request to what a record needs. Throws BadInput `record_number`, `record_asker`. */
export function checkRequest({ number, asker }: RecordRequest): { number: string; asker: Asker } {
	const named = cleanLine(number);
	const faults: Fault[] = [];
	if (named === '' || named.length > 80) faults.push({ field: 'number', text: 'record_number' });
	if (asker !== 'subject' && asker !== 'anybody') faults.push({ field: 'asker', text: 'record_asker' });
	if (faults.length > 0) throw new BadInput('Something on this page needs another look.', faults);
	return { number: named, asker: asker as Asker };
}

/**
 * Everything a case holds, in the order it was said, without what would tell who others are (reference/accountability.md 3.1, 3.2). Who reported, and what they said, is in
 * no record. The caller has asked whether whoever does this may, and has written it down.
 */
export function recordOf(
	context: BranchContext,
	reading: Reading,
	decision: DecisionRow,
	request: { readonly number: string; readonly asker: Asker },
): CaseRecord {
	const people = namesFor(reading, decision, request.asker);
	const texts = textsOf(context, reading, decision)
		.filter(({ text }) => text !== '')
		.map(({ what, at, text }) => ({ what, at, parts: redact(text, people) }));
	const counts = new Map<RedactionRule, number>();
	for (const part of texts.flatMap(({ parts }) => parts)) {
		if (typeof part !== 'string') counts.set(part.rule, (counts.get(part.rule) ?? 0) + 1);
	}
	return { ...request, texts, redactions: [...counts].map(([rule, count]) => ({ rule, count })) };
}

function namesFor(reading: Reading, decision: DecisionRow, asker: Asker): PersonName[] {
	const everybody = [...personNames(reading), ...remoteNames(reading)];
	const subject = asker === 'subject' ? personById(reading, decision.person ?? 0) : undefined;
	return subject ? everybody.filter(({ handle }) => handle !== subject.handle) : everybody;
}

interface Text {
	readonly what: RecordPart['what'];
	readonly at: number;
	readonly text: string;
}

function textsOf({ keyring }: BranchContext, reading: Reading, decision: DecisionRow): Text[] {
	const { id, created } = decision;
	const open = (about: string, sealed: string | null) => unsealed({ keyring }, about, sealed ?? '');
	// What was sealed in an emergency is in no record.
	const shown = decision.post !== null && !quarantinedBy(reading, id);
	const post = shown ? postById(reading, decision.post!) : undefined;
	const kept = post && { ...post, ...keptPost({ keyring }, reading, id)?.columns };
	const summary = typeof kept?.summary === 'string' ? `${kept.summary}\n` : '';
	const answer = answerTo(reading, id);
	const reversal = reversalOf(reading, id);
	return [
		...(kept ? [{ what: 'post', at: kept.created, text: `${summary}${wordsOf(kept)}` } as const] : []),
		{ what: 'facts', at: created, text: open(`decision:${id}`, decision.facts) },
		...(answer ? [{ what: 'answer', at: answer.at, text: open(`answer:${id}`, answer.words) } as const] : []),
		...appealsOf(reading, id).flatMap((appeal): Text[] => [
			{ what: 'appeal', at: appeal.filed, text: open(`appeal:${appeal.id}`, appeal.words) },
			{
				what: 'appeal_answer',
				at: appeal.decided ?? appeal.filed,
				text: open(`appeal-answer:${appeal.id}`, appeal.reason),
			},
		]),
		...(reversal
			? [
					{
						what: 'reversal',
						at: reversal.created,
						text: open(`reversal:${reversal.id}`, reversal.reason),
					} as const,
				]
			: []),
		...releasesOf(reading, id)
			.flatMap(({ id: release }) => questionsOf(reading, release))
			.flatMap(({ id: asked, ...question }): Text[] => [
				{
					what: 'office_question',
					at: question.asked,
					text: open(`office-question:${asked}`, question.words),
				},
				{
					what: 'office_answer',
					at: question.closed ?? question.asked,
					text: open(`office-answer:${asked}`, question.answer),
				},
			]),
	];
}
