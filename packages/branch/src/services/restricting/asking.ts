import type { BranchContext } from '../../context.ts';
import { addAsked, addProposal, askedOf, asksNobodyByName, type Proposal } from '../../store/proposals.ts';
import type { Writing } from '../../store/store.ts';
import { previewOf } from './previewing.ts';
import { fault } from './reason.ts';
import { tellAsked } from './telling.ts';

const DAY = 24 * 60 * 60_000;
/** For how long people can answer, in days, as hosts may choose. */
export const ANSWER_DAYS = [3, 7, 14] as const;

/** Throws BadInput `answer_days` for a time that is not offered. */
export function checkAnswerDays(days: number): void {
	if (!ANSWER_DAYS.some((one) => one === days)) throw fault('days', 'answer_days');
}

/** A proposal that begins now and can be answered for so many days. */
export function newProposal(
	{ ids, clock }: Pick<BranchContext, 'ids' | 'clock'>,
	wish: Pick<Proposal, 'host' | 'wants' | 'reason' | 'staff_id'>,
	days: number,
): Proposal {
	const created = clock.now();
	const alone = { post: null, deliberation: null, together: null } as const;
	const open = { emergency: 0, decision: null, decided: null } as const;
	return { ...wish, ...alone, ...open, id: ids.random(), created, until: created + days * DAY };
}

/** Opens a proposal and asks those it touches. A server that waits to be let in, a branch that is no neighbor yet, or a list reaches nobody by name (docs/adr/0029). */
export function ask(context: BranchContext, writing: Writing, proposal: Proposal): void {
	openQuestion(context, writing, proposal);
	tellAsked(context, writing, proposal.id, 'server_asked');
}

/** The same, without a notice to anybody yet. */
export function openQuestion(context: BranchContext, writing: Writing, proposal: Proposal): void {
	addProposal(writing, proposal);
	if (asksNobodyByName(proposal)) return;
	const { touched } = previewOf(context, writing, proposal.host);
	for (const one of touched) addAsked(writing, proposal.id, one);
}

/** Keeps those whom it touches by now and who were not asked, so that they are told what comes of it. */
export function askMore(context: BranchContext, writing: Writing, proposal: string, host: string): void {
	const known = new Set(askedOf(writing, proposal).map(({ person }) => person));
	for (const one of previewOf(context, writing, host).touched) {
		if (!known.has(one.person)) addAsked(writing, proposal, one);
	}
}
