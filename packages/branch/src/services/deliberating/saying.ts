import { Conflict, NotFound } from '@understory/core/errors.ts';
import type { RosterProposal, SignedVoice } from '@understory/core/roster-change.ts';
import { countInLog } from '@understory/core/statement.ts';
import { domainOf } from '@understory/neighborhood/consent.ts';
import { publishedNumber, signReply, signVoice } from '@understory/neighborhood/proposal.ts';
import type { BranchContext } from '../../context.ts';
import type { Proposal } from '../../store/proposals.ts';
import { addServerAnswer } from '../../store/recorded.ts';
import { keepRosterWord } from '../../store/roster-words.ts';
import type { Writing } from '../../store/store.ts';
import { agreeTo, setLeft } from '../consenting.ts';
import { cleanText, lengthOf } from '../plain-text.ts';
import { decidedBy, record } from '../recording.ts';
import { hostNamed } from '../restricting/host-name.ts';
import { fault } from '../restricting/reason.ts';
import { checkDecides } from '../restricting/ruling.ts';
import { hearingOf } from './asking-members.ts';

/** Longest answer of a branch to what is proposed about it, in characters. */
export const LONGEST_REPLY = 2000;

/** A branch's voice, and how many people here were asked by name before, and how many answered. */
export interface Said {
	readonly yes: boolean;
	readonly reason: string;
	/** About a list: how many people here it touches, where hosts say so. */
	readonly people: number | null;
	readonly asked: number;
	readonly answered: number;
}

/**
 * Gives this branch's signed voice, with its entry in the log, in the transaction of the caller, who has checked who decides and the reason; it goes to the steward with the next word of the
 * home. Throws Conflict `not_now` when the neighborhood has decided meanwhile, or its time is over; `name_unfit` for a name that cannot stand in the log.
 */
export function giveVoice(
	context: BranchContext,
	writing: Writing,
	staffId: string,
	{ deliberation }: Pick<Proposal, 'deliberation'>,
	said: Said,
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
	const signed = signVoice(proposal, voice, context.keyring.branchKey());
	keepRosterWord(writing, 'voice', proposal.id, signed);
	const given = { kind: proposal.kind, server: serverOf(context, proposal), signed };
	recordVoice(context, writing, staffId, given, said);
}

/** The voice as a decision of this branch: what was said about which server and why, and counts instead of people. */
function recordVoice(
	context: BranchContext,
	writing: Writing,
	staffId: string,
	{ kind, server, signed }: Given,
	{ yes, reason, asked, answered }: Said,
): void {
	const [id, action] = [context.ids.random(), yes ? 'voice_yes' : 'voice_no'] as const;
	addServerAnswer(writing, { id, origin: server.origin, state: action, staff_id: staffId, at: signed.at });
	record(context, writing, {
		...{ id, kind: 'federation', action, server: server.host, refs: [] },
		people: { asked: countInLog(asked), answered: countInLog(answered) },
		voice: { about: kind, proposal: signed.proposal },
		decided_by: decidedBy(context, writing, staffId),
		texts: { explanation: reason },
	});
}

interface Given {
	readonly kind: RosterProposal['kind'];
	readonly server: URL;
	readonly signed: SignedVoice;
}

/** The server it is about. The site takes no entry with a name of another form, and every entry after it would wait for that one. */
function serverOf(context: BranchContext, { kind, domain }: RosterProposal): URL {
	const address = kind === 'follow_list' ? domain : `${new URL(context.origin).protocol}//${domain}`;
	const server = URL.canParse(address) ? new URL(address) : null;
	if (server !== null && hostNamed(server.host) === server.host) return server;
	throw new Conflict('What this is about has a name that cannot stand in the public log.', 'name_unfit');
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
