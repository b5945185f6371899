import { Conflict, NotAllowed, NotFound } from '@understory/core/errors.ts';
import { countsAt, holds } from '@understory/core/grants.ts';
import { allows } from '@understory/core/permissions.ts';
import type { BranchContext } from '../../context.ts';
import {
	askedOf,
	asksNobodyByName,
	changeProposal,
	countAsked,
	lastProposalAbout,
	openProposalAbout,
	type Proposal,
	proposalById,
} from '../../store/proposals.ts';
import { restrictionOf } from '../../store/restrictions.ts';
import type { Reading, Writing } from '../../store/store.ts';
import { giveVoice } from '../deliberating/saying.ts';
import { answerServerIn } from '../servers.ts';
import { askMore } from './asking.ts';
import { impose } from './imposing.ts';
import { type Level, levelNamed, strength } from './levels.ts';
import { checkedReason, fault } from './reason.ts';
import { reviewAt } from './review.ts';
import { checkDecides, ruling } from './ruling.ts';
import { tellAsked } from './telling.ts';

/** What a host decides about a proposal. */
export interface Verdict {
	/** A level; `none`; for a server that wants in `let_in` or `refused`; for what the neighborhood decides `yes` or `no`. */
	readonly level: string;
	readonly reason: string;
	/** Why nothing milder is enough, where a step is left out. */
	readonly milder: string;
	readonly days: number;
	/** About a list that the neighborhood decides on: how many people here it touches, where hosts want to say so beside the voice. */
	readonly people?: number;
}

/** Can it be decided now: the time to answer is over, or everybody who was asked has answered? What was limited at once need not wait. */
export function isRipe(context: Pick<BranchContext, 'clock'>, reading: Reading, proposal: Proposal): boolean {
	if (proposal.decided !== null) return false;
	if (proposal.emergency === 1 || context.clock.now() >= proposal.until) return true;
	const asked = askedOf(reading, proposal.id);
	return asked.length > 0 && asked.every(({ answer }) => answer !== null && answer !== 'time');
}

/**
 * Decides a proposal. Exchanging nothing at all takes a second host, where there is one besides whoever proposed it. Everybody who was asked is told,
 * and the log has it, in one transaction; of two hosts who decide at once the first one did. A voice in the neighborhood goes to its steward besides. Returns the number of the decision. Throws
 * NotAllowed `not_a_host`, `needs_another_host`, NotFound, Conflict `decided_meanwhile`, `still_asked`, BadInput `level_form`, `level_beyond` (stronger than what people were asked about),
 * `milder_first`, `review_days`, `server_reason`, `server_name`.
 */
export function decideProposal(
	context: BranchContext,
	staffId: string,
	id: string,
	verdict: Verdict,
): string {
	checkDecides(context, staffId);
	const reason = checkedReason(verdict.reason);
	const decided = ruling(context, (writing) => {
		const proposal = proposalById(writing, id);
		if (!proposal) throw new NotFound();
		if (proposal.decided !== null) throw decidedMeanwhile();
		if (!isRipe(context, writing, proposal)) {
			throw new Conflict('The people it touches still have time to answer.', 'still_asked');
		}
		if (proposal.wants === 'admit' || proposal.wants === 'expel' || proposal.wants === 'follow_list') {
			voice(context, writing, staffId, proposal, { ...verdict, reason });
			return id;
		}
		const decision =
			proposal.wants === 'let_in'
				? letIn(context, writing, staffId, proposal, { ...verdict, reason })
				: restrict(context, writing, staffId, proposal, { ...verdict, reason });
		changeProposal(writing, id, { decision, decided: context.clock.now() });
		tellAsked(context, writing, id, 'server_decided');
		return decision;
	});
	context.wake();
	return decided;
}

/**
 * Less is kept away than before, or nothing: that needs nobody asked. Whoever was asked before is told. `seen` is the number of the decision the host
 * looked at. Throws as `decideProposal`, Conflict `already_proposed` while people are asked, BadInput `level_stronger`.
 */
export function relax(
	context: BranchContext,
	staffId: string,
	wish: {
		readonly host: string;
		readonly level: string;
		readonly reason: string;
		readonly days: number;
		readonly seen: string;
	},
): string {
	checkDecides(context, staffId);
	const reason = checkedReason(wish.reason);
	const level = levelOrNone(wish.level);
	return ruling(context, (writing) => {
		const { host } = wish;
		const held = restrictionOf(writing, host);
		if (held?.decision !== wish.seen) throw decidedMeanwhile();
		if (openProposalAbout(writing, host)) {
			throw new Conflict('The people of this branch are being asked about this server.', 'already_proposed');
		}
		if (strength(level) >= strength(held.level)) throw fault('level', 'level_stronger');
		const last = lastProposalAbout(writing, host);
		const counts = last ? countAsked(writing, last.id) : { asked: 0, answered: 0 };
		const review = reviewAt(context, level, wish.days);
		const id = impose(context, writing, staffId, { host, level, reason, until: null, review, ...counts });
		if (last) tellAsked(context, writing, last.id, 'server_decided');
		return id;
	});
}

function restrict(
	context: BranchContext,
	writing: Writing,
	staffId: string,
	{ id, host, wants, staff_id }: Proposal,
	{ level: named, reason, milder, days }: Verdict,
): string {
	const level = levelOrNone(named);
	const held = restrictionOf(writing, host)?.level ?? null;
	// People said what they think of that much and no more.
	if (strength(level) > strength(levelNamed(wants))) throw fault('level', 'level_beyond');
	const leap = strength(level) > strength(held) + 1;
	const why = leap && milder.trim() !== '' ? ` ${checkedReason(milder, 'milder')}` : '';
	if (leap && why === '') throw fault('milder', 'milder_first');
	if (level === 'suspend' && staff_id === staffId && isAnotherHost(context, staffId)) {
		throw new NotAllowed(
			'Exchanging nothing at all is decided by another host than the one who proposed it.',
			'needs_another_host',
		);
	}
	const review = reviewAt(context, level, days);
	// Whoever came to know somebody there meanwhile is told with the others.
	askMore(context, writing, id, host);
	const counts = countAsked(writing, id);
	return impose(context, writing, staffId, {
		host,
		level,
		reason: reason + why,
		until: null,
		review,
		...counts,
	});
}

/** It is the neighborhood that decides; this branch has one voice in it. */
function voice(
	context: BranchContext,
	writing: Writing,
	staffId: string,
	proposal: Proposal,
	{ level, reason, people }: Verdict,
): void {
	if (level !== 'yes' && level !== 'no') throw fault('level', 'level_form');
	if (proposal.wants === 'expel') askMore(context, writing, proposal.id, proposal.host);
	const told = proposal.wants === 'follow_list' ? (people ?? null) : null;
	const { asked, answered } = countAsked(writing, proposal.id);
	const counts = { asked: asksNobodyByName(proposal) ? 0 : asked, answered };
	giveVoice(context, writing, staffId, proposal, { yes: level === 'yes', reason, people: told, ...counts });
	changeProposal(writing, proposal.id, { decided: context.clock.now() });
	tellAsked(context, writing, proposal.id, 'server_decided');
}

function letIn(
	context: BranchContext,
	writing: Writing,
	staffId: string,
	{ host }: Proposal,
	{ level, reason }: Verdict,
): string {
	if (level !== 'let_in' && level !== 'refused') throw fault('level', 'level_form');
	const origin = `${new URL(context.origin).protocol}//${host}`;
	return answerServerIn(context, writing, staffId, origin, { yes: level === 'let_in', reason });
}

/** Is there anybody besides this host who may decide here now? */
export function isAnotherHost(
	{ current, clock, id }: Pick<BranchContext, 'current' | 'clock' | 'id'>,
	staffId: string,
): boolean {
	const grants = current.register()?.grants ?? [];
	return grants.some(
		(grant) =>
			grant.staff_id !== staffId &&
			countsAt(grant, id) &&
			holds(grant, clock.now()) &&
			allows([grant.role], 'moderate'),
	);
}

function levelOrNone(named: string): Level | null {
	const level = named === 'none' ? null : levelNamed(named);
	if (named !== 'none' && level === null) throw fault('level', 'level_form');
	return level;
}

function decidedMeanwhile(): Conflict {
	return new Conflict(
		'Somebody decided about this server meanwhile. Look again before you decide.',
		'decided_meanwhile',
	);
}
