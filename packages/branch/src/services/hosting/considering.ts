import { dateIn } from '@understory/core/calendar.ts';
import { BadInput, Conflict, NotAllowed, NotFound } from '@understory/core/errors.ts';
import type { Action } from '@understory/core/rule.ts';
import type { BranchContext } from '../../context.ts';
import {
	addAnswer,
	answerTo,
	type DecisionRow,
	decisionById,
	followUpOf,
	reversalOf,
} from '../../store/decisions.ts';
import { seenOf } from '../../store/notices.ts';
import type { Person } from '../../store/people.ts';
import { postById } from '../../store/posts.ts';
import type { Reading } from '../../store/store.ts';
import { cleanText, lengthOf } from '../plain-text.ts';
import { ENDED } from './acts.ts';
import { appealUntil } from './appeal-clock.ts';
import { LONGEST_APPEAL } from './appealing.ts';
import { decideIn } from './deciding.ts';
import { reasonFaults } from './reversing.ts';
import { ruleOf } from './rule-of.ts';
import { publicScope } from './subject.ts';

const DAY = 24 * 60 * 60_000;
/** How long somebody has to answer who has read that a longer suspension is considered, and how long at the outside. */
export const ANSWER_DAYS = 3;
export const ANSWER_DAYS_AT_MOST = 7;

const ENDS: readonly Action[] = ['account_ended'];
const SUSPENDS: readonly Action[] = ['account_suspended'];

/** May this member of the staff end the account that a decision considers ending? */
export function mayEnd(
	{ current }: Pick<BranchContext, 'current'>,
	staffId: string | null,
	decision: Pick<DecisionRow, 'staff_id'>,
): boolean {
	return current.may(staffId, 'end_accounts') && staffId !== decision.staff_id;
}

/** Where a longer suspension stands that a decision considers; null for a decision that considers none. */
export interface Considered {
	readonly days: number;
	/** Is it the end of the account, for so many days? */
	readonly ends: boolean;
	/** UTC milliseconds: until then the person can answer, and nobody decides before unless they have. */
	readonly answerUntil: number;
	/** What they said, sealed, and when. */
	readonly answer: { readonly words: string; readonly at: number } | null;
	/** May a host suspend now? */
	readonly ripe: boolean;
	/** The decision that did. */
	readonly done: DecisionRow | null;
}

/** Looks it up. `reads`: the person reads of it at this very moment. */
export function consideredIn(
	context: Pick<BranchContext, 'clock'>,
	reading: Reading,
	decision: DecisionRow,
	reads = false,
): Considered | null {
	const { considers, created, person } = decision;
	if (considers === null || person === null) return null;
	const now = context.clock.now();
	const seen = seenOf(reading, { person, decision: decision.id, kind: 'decision' }) ?? (reads ? now : null);
	const outside = created + ANSWER_DAYS_AT_MOST * DAY;
	const answerUntil = seen === null ? outside : Math.min(seen + ANSWER_DAYS * DAY, outside);
	const answer = answerTo(reading, decision.id) ?? null;
	const done = followUpOf(reading, decision.id) ?? null;
	const over = done !== null || reversalOf(reading, decision.id) !== undefined;
	return {
		days: considers,
		ends: considers === ENDED,
		answerUntil,
		answer,
		done,
		ripe: !over && (answer !== null || now > answerUntil),
	};
}

/** The person says what they have to say before it is decided, once. Throws NotFound, Conflict `too_late`, BadInput `appeal_words`. */
export function answer(context: BranchContext, person: Person, decisionId: string, said: string): void {
	context.store.transact((writing) => {
		const decision = decisionById(writing, decisionId);
		if (decision?.person !== person.id) throw new NotFound();
		const considered = consideredIn(context, writing, decision);
		if (!considered) throw new NotFound();
		if (considered.answer || considered.done || reversalOf(writing, decision.id)) {
			throw new Conflict('This cannot be answered any more.', 'too_late');
		}
		const words = cleanText(said);
		if (words === '' || lengthOf(words) > LONGEST_APPEAL) {
			throw new BadInput('Say in your own words what the hosts should know.', [
				{ field: 'answer', text: 'appeal_words' },
			]);
		}
		const sealed = context.keyring.seal(`answer:${decision.id}`, words);
		addAnswer(writing, { decision: decision.id, words: sealed, at: context.clock.now() });
	});
}

/**
 * Does what an earlier decision said was considered, after the person answered or their time for it is over: suspends for so long, or ends the account. A decision of its own, which names
 * the earlier one. The end of an account is for the moderation team, and for somebody who did not consider it. Throws NotAllowed, NotFound, Conflict `not_yet`, and BadInput with the codes of `facts.ts`.
 */
export function decideConsidered(
	context: BranchContext,
	staffId: string,
	earlier: string,
	reason: string,
): string {
	if (!context.current.mayDecide(staffId)) {
		throw new NotAllowed('Only a host of this branch decides about people.', 'not_a_host');
	}
	return context.store.transact((writing) => {
		const decision = decisionById(writing, earlier);
		const considered = decision && consideredIn(context, writing, decision);
		if (!decision || !considered) throw new NotFound();
		const policy = context.current
			.register()
			?.policies.find(({ id, version }) => id === decision.policy && version === decision.policy_version);
		const rule = ruleOf(context, decision);
		if (!considered.ripe || !policy || !rule) {
			throw new Conflict('This cannot be decided before the person had time to answer.', 'not_yet');
		}
		if (considered.ends && !mayEnd(context, staffId, decision)) {
			throw new NotAllowed('Somebody else of the moderation team ends accounts.', 'not_your_role');
		}
		const faults = reasonFaults(writing, decision, reason).map(({ text }) => ({ field: 'why', text }));
		if (faults.length > 0) throw new BadInput('Something on this page needs another look.', faults);
		const post = decision.post === null ? null : (postById(writing, decision.post) ?? null);
		const { zone } = context.current.library();
		const now = context.clock.now();
		const prepared = {
			...{ post, policy, rule, author: decision.person, considers: null, move: null, matter: null },
			...{ actions: considered.ends ? ENDS : SUSPENDS, facts: cleanText(reason) },
			until: now + considered.days * DAY,
			appealUntil: appealUntil(zone, now, null),
			decidedOn: dateIn(zone, now),
			scope: post ? publicScope(post) : ('branch' as const),
			// The decision before it holds the post's words.
			text: null,
		};
		return decideIn(context, writing, staffId, prepared, decision.id);
	});
}
