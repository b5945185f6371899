import { NotFound } from '@understory/core/errors.ts';
import type { BranchContext } from '../../context.ts';
import { openProposalAbout, type Proposal } from '../../store/proposals.ts';
import { restrictionOf } from '../../store/restrictions.ts';
import {
	draftsOf,
	type ServerDraft,
	type ServerList,
	serverListBy,
	settleDraft,
} from '../../store/server-lists.ts';
import { checkAnswerDays, newProposal } from './asking.ts';
import { impose } from './imposing.ts';
import { type Level, strength } from './levels.ts';
import { previewOf } from './previewing.ts';
import { checkedReason, fault } from './reason.ts';
import { reviewAt } from './review.ts';
import { checkDecides, ruling } from './ruling.ts';
import { askTogether } from './together.ts';

/** So many drafts are taken at once. */
export const MOST_TAKEN = 100;

/** What a host makes of drafts. */
export interface Taking {
	readonly hosts: readonly string[];
	readonly reason: string;
	/** When hosts look again, in days. */
	readonly days: number;
	/** How long those whom it touches can answer, in days. */
	readonly answerDays: number;
}

/** What came of it: decided, asked about, or left as it was. */
export interface Taken {
	readonly decided: number;
	readonly asked: number;
	readonly left: number;
}

/**
 * Takes drafts of a list up, in one transaction. Where nobody here has to do with anybody there, there is nobody to ask, and it is decided with this reason and a day to look
 * again; everybody else is asked first, as one: whoever knows people at several of them has one page about all. What is kept away as far already, is asked about, or is a neighbor, is left as it was.
 * Throws NotAllowed, NotFound, BadInput `draft_none`, `draft_many`, `server_reason`, `server_name`, `review_days`, `answer_days`.
 */
export function takeDrafts(context: BranchContext, staffId: string, list: number, taking: Taking): Taken {
	checkDecides(context, staffId);
	const reason = checkedReason(taking.reason);
	checkAnswerDays(taking.answerDays);
	const review = reviewAt(context, 'media', taking.days);
	const wanted = new Set(taking.hosts);
	if (wanted.size === 0) throw fault('hosts', 'draft_none');
	if (wanted.size > MOST_TAKEN) throw fault('hosts', 'draft_many');
	return ruling(context, (writing): Taken => {
		const taken = { decided: 0, asked: 0, left: 0 };
		const questions: Proposal[] = [];
		if (!serverListBy(writing, list)) throw new NotFound();
		for (const draft of draftsOf(writing, list, 'waiting').filter(({ host }) => wanted.has(host))) {
			const { host, level } = draft;
			const { sums, neighbor } = previewOf(context, writing, host);
			const held = strength(restrictionOf(writing, host)?.level ?? null);
			if (neighbor || held >= strength(level) || openProposalAbout(writing, host)) {
				taken.left += 1;
				continue;
			}
			if (sums.people > 0) {
				const wish = { host, wants: level, reason, staff_id: staffId };
				questions.push(newProposal(context, wish, taking.answerDays));
				taken.asked += 1;
			} else {
				impose(context, writing, staffId, {
					host,
					level,
					reason,
					until: null,
					review,
					asked: 0,
					answered: 0,
				});
				taken.decided += 1;
			}
			settleDraft(writing, list, host, 'taken');
		}
		askTogether(context, writing, questions);
		return taken;
	});
}

/** A host does not want these. They stay on the list, and are not offered again unless the list says something else. Repeatable. Throws NotAllowed. */
export function declineDrafts(
	context: BranchContext,
	staffId: string,
	list: number,
	hosts: readonly string[],
): void {
	checkDecides(context, staffId);
	context.store.transact((writing) => {
		for (const host of hosts) settleDraft(writing, list, host, 'declined');
	});
}

/** Where a list and this branch differ, so that people see it. */
export interface Difference extends ServerDraft {
	/** What holds here; null for nothing. */
	readonly here: Level | null;
}

/** Every server on a list that this branch treats otherwise than the list says. */
export function differencesFrom(context: BranchContext, list: ServerList): Difference[] {
	return context.store.read((reading) =>
		draftsOf(reading, list.id)
			.filter(({ gone }) => gone === null)
			.map((draft) => ({ ...draft, here: levelHere(context, draft.host) }))
			.filter(({ level, here }) => here !== level),
	);
}

function levelHere({ restrictions, origin }: BranchContext, host: string): Level | null {
	return restrictions.of(`${new URL(origin).protocol}//${host}`)?.level ?? null;
}
