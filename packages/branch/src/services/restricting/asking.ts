import type { BranchContext } from '../../context.ts';
import { addAsked, addProposal, askedOf, type Proposal } from '../../store/proposals.ts';
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
	const open = { emergency: 0, post: null, decision: null, decided: null, deliberation: null } as const;
	return { ...wish, ...open, id: ids.random(), created, until: created + days * DAY };
}

/** Opens a proposal, asks those it touches, and says how many they are. A server that waits to be let in, or a branch that is no neighbor yet, reaches nobody by name (docs/adr/0029). */
export function ask(context: BranchContext, writing: Writing, proposal: Proposal): number {
	addProposal(writing, proposal);
	if (proposal.wants === 'let_in' || proposal.wants === 'admit') return 0;
	const { touched } = previewOf(context, writing, proposal.host);
	for (const one of touched) addAsked(writing, proposal.id, one);
	tellAsked(context, writing, proposal.id, 'server_asked');
	return touched.length;
}

/** Keeps those whom it touches by now and who were not asked, so that they are told what comes of it. */
export function askMore(context: BranchContext, writing: Writing, proposal: string, host: string): void {
	const known = new Set(askedOf(writing, proposal).map(({ person }) => person));
	for (const one of previewOf(context, writing, host).touched) {
		if (!known.has(one.person)) addAsked(writing, proposal, one);
	}
}
