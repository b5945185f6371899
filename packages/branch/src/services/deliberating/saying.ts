import { Conflict, NotFound } from '@understory/core/errors.ts';
import { domainOf } from '@understory/neighborhood/consent.ts';
import { publishedNumber, signReply, signVoice } from '@understory/neighborhood/proposal.ts';
import type { BranchContext } from '../../context.ts';
import type { Proposal } from '../../store/proposals.ts';
import { keepRosterWord } from '../../store/roster-words.ts';
import type { Writing } from '../../store/store.ts';
import { agreeTo, setLeft } from '../consenting.ts';
import { cleanText, lengthOf } from '../plain-text.ts';
import { fault } from '../restricting/reason.ts';
import { checkDecides } from '../restricting/ruling.ts';
import { hearingOf } from './asking-members.ts';

/** Longest answer of a branch to what is proposed about it, in characters. */
export const LONGEST_REPLY = 2000;

/**
 * Gives this branch's signed voice, in the transaction of the caller, who has checked who decides and the reason; it goes to the steward with the next word of the home. Throws
 * Conflict `not_now` when the neighborhood has decided meanwhile, or its time is over.
 */
export function giveVoice(
	context: BranchContext,
	writing: Writing,
	{ deliberation }: Pick<Proposal, 'deliberation'>,
	said: { readonly yes: boolean; readonly reason: string; readonly people: number | null },
): void {
	let hearing: ReturnType<typeof hearingOf>;
	try {
		hearing = hearingOf(context, deliberation ?? '');
	} catch (error) {
		if (!(error instanceof NotFound)) throw error;
		throw over();
	}
	if (!hearing.open) throw over();
	const { proposal } = hearing;
	const voice = {
		domain: domainOf(context.origin),
		voice: said.yes ? 'yes' : 'no',
		reason: said.reason,
		...(said.people === null ? {} : { people: publishedNumber(said.people) }),
		at: context.clock.now(),
	} as const;
	keepRosterWord(writing, 'voice', proposal.id, signVoice(proposal, voice, context.keyring.branchKey()));
}

/** This branch answers what is proposed about it, again until it is decided; it stands beside the proposal for everybody. Throws NotAllowed, NotFound, BadInput `reply_form`. */
export function replyToProposal(context: BranchContext, staffId: string, id: string, words: string): void {
	checkDecides(context, staffId);
	const text = cleanText(words);
	const { proposal, own } = hearingOf(context, id);
	if (!own) throw new NotFound();
	if (text === '' || lengthOf(text) > LONGEST_REPLY || /@\w/.test(text)) throw fault('words', 'reply_form');
	const reply = signReply(proposal, { text, at: context.clock.now() }, context.keyring.branchKey());
	context.store.transact((writing) => keepRosterWord(writing, 'reply', id, reply));
	context.wake();
}

/** Hosts take this branch out of a neighborhood: it has no neighbors there from this moment, whatever the roster says. Repeatable. Throws NotAllowed, NotFound. */
export function leaveNeighborhood(context: BranchContext, staffId: string, id: string): void {
	stand(context, staffId, id, true);
}

/** They want to come back: the branch agrees anew, and stands there when its steward, or its members, let it. Repeatable. Throws NotAllowed, NotFound. */
export function comeBack(context: BranchContext, staffId: string, id: string): void {
	stand(context, staffId, id, false);
}

function stand(context: BranchContext, staffId: string, id: string, left: boolean): void {
	checkDecides(context, staffId);
	if (!context.desired().neighborhoods.some((one) => one.id === id)) throw new NotFound();
	context.store.transact((writing) => {
		setLeft(writing, id, left);
		agreeTo(writing, context.desired(), context.keyring.branchKey(), context.clock.now());
	});
	context.book.changed();
	context.wake();
}

function over(): Conflict {
	return new Conflict('The neighborhood has decided meanwhile, or the time for voices is over.', 'not_now');
}
