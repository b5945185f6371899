import { Conflict, NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../../context.ts';
import type { Person } from '../../store/people.ts';
import {
	ANSWERS,
	type Asked,
	addAsked,
	askedPerson,
	changeAsked,
	changeProposal,
	type Proposal,
	proposalById,
} from '../../store/proposals.ts';
import type { Writing } from '../../store/store.ts';
import { cleanText, lengthOf } from '../plain-text.ts';
import { fault } from './reason.ts';

const DAY = 24 * 60 * 60_000;
/** Longest answer, in characters. */
export const LONGEST_ANSWER = 2000;
/** Whoever needs more time has so many days from the day it was asked, once for all. */
export const MORE_TIME = 14;

/** What somebody answers. */
export interface Said {
	readonly answer: string;
	readonly words: string;
	/** May hosts read which people it is about? */
	readonly shares: boolean;
}

/**
 * Somebody of the branch answers, whether they were asked or not; again until it is decided. Who needs more time gets it for everybody. What they say is
 * sealed, for the hosts alone. Throws NotFound, Conflict `too_late` once it is decided, BadInput `answer_form`, `answer_long`.
 */
export function answerProposal(context: BranchContext, person: Person, id: string, said: Said): void {
	const checked = checkSaid(said);
	context.store.transact((writing) => answerIn(context, writing, person, id, checked));
}

/** An answer in its form. */
type Checked = ReturnType<typeof checkSaid>;

/** Throws BadInput `answer_form`, `answer_long`. */
export function checkSaid(said: Said) {
	const answer = ANSWERS.find((one) => one === said.answer);
	const words = cleanText(said.words);
	if (!answer) throw fault('answer', 'answer_form');
	if (lengthOf(words) > LONGEST_ANSWER) throw fault('words', 'answer_long');
	return { answer, words, shares: said.shares };
}

/** The same as `answerProposal`, within a transaction. */
export function answerIn(
	context: BranchContext,
	writing: Writing,
	person: Pick<Person, 'id'>,
	id: string,
	{ answer, words, shares }: Checked,
): void {
	const proposal = proposalById(writing, id);
	if (!proposal) throw new NotFound();
	// The neighborhood's own time does not wait for one branch.
	if (answer === 'time' && proposal.deliberation !== null) throw fault('answer', 'answer_form');
	if (proposal.decided !== null) throw new Conflict('This was decided meanwhile.', 'too_late');
	const nothing = { person: person.id, follows: 0, followers: 0, talks: 0, lists: 0 };
	if (!askedPerson(writing, id, person.id)) addAsked(writing, id, nothing);
	const sealed = words === '' ? null : context.keyring.seal(answerName(id, person.id), words);
	changeAsked(
		writing,
		{ proposal: id, person: person.id },
		{ answer, words: sealed, shares: shares ? 1 : 0, answered: context.clock.now() },
	);
	if (answer === 'time') changeProposal(writing, id, { until: longer(proposal) });
}

/** They read of it for the first time. */
export function noteRead(context: BranchContext, person: Person, id: string): Asked | null {
	return context.store.transact((writing) => {
		const asked = askedPerson(writing, id, person.id);
		if (!asked) return null;
		if (asked.seen === null) changeAsked(writing, asked, { seen: context.clock.now() });
		return asked;
	});
}

/** What somebody said besides, in clear; an empty string for nothing. */
export function wordsOf(context: Pick<BranchContext, 'keyring'>, { proposal, person, words }: Asked): string {
	return words === null ? '' : context.keyring.unseal(answerName(proposal, person), words);
}

function answerName(proposal: string, person: number): string {
	return `proposal-answer:${proposal}:${person}`;
}

/** What is limited at once ends when it was said to, whoever needs time. */
function longer({ created, until, emergency }: Proposal): number {
	return emergency === 1 ? until : Math.max(until, created + MORE_TIME * DAY);
}
