import { dateIn } from '@understory/core/calendar.ts';
import { BadInput, Conflict, NotAllowed, NotFound } from '@understory/core/errors.ts';
import type { Action, Policy, Rule } from '@understory/core/rule.ts';
import { type Entry, hoursBucket } from '@understory/core/statement.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import type { BranchContext } from '../../context.ts';
import { addDecision } from '../../store/decisions.ts';
import { type Post, postById } from '../../store/posts.ts';
import type { Writing } from '../../store/store.ts';
import { cleanText } from '../plain-text.ts';
import { decidedBy, record } from '../recording.ts';
import { impose } from './acts.ts';
import { appealUntil } from './appeal-clock.ts';
import { factsFaults } from './facts.ts';
import { contentTypes, isPrivate, namesOf, publicScope } from './subject.ts';
import { tellOfAct } from './telling.ts';

/** What a host puts down about a post. */
export interface Ruling {
	readonly post: number;
	/** `<policy>/<rule>`. */
	readonly rule: string;
	readonly facts: string;
}

/** A ruling that was checked, with all it would say; nothing has been done yet. */
export interface Prepared {
	readonly post: Post;
	readonly policy: Policy;
	readonly rule: Rule;
	readonly facts: string;
	readonly actions: readonly Action[];
	/** YYYY-MM-DD in the library's zone, at the outside. */
	readonly appealUntil: string;
	readonly decidedOn: string;
	/** What the log says of the post's reach. */
	readonly scope: Entry['scope'];
	/** Is there an account here to tell? */
	readonly author: number | null;
}

/** What may be done first under a rule includes hiding, unless its limit is a milder thing (DESIGN 4.8). */
export function allowsHiding(rule: Rule): boolean {
	const enough: readonly Action[] = [
		'content_hidden',
		'content_removed',
		'account_limited',
		'account_suspended',
		'account_ended',
	];
	return enough.includes(rule.greatest_first_action);
}

/** The rules a post may be hidden under, each with its policy. */
export function rulesForHiding(context: BranchContext): { policy: Policy; rule: Rule }[] {
	return context.current
		.policies()
		.flatMap((policy) => policy.rules.filter(allowsHiding).map((rule) => ({ policy, rule })));
}

/** A post as a host may look at it, in any scope people here can read; NotFound when it is none. */
export function postForHost(context: BranchContext, staffId: string | null, id: number): Post {
	if (!context.current.mayDecide(staffId)) {
		throw new NotAllowed('Only a host of this branch decides about posts.', 'not_a_host');
	}
	const post = context.store.read((reading) => postById(reading, id));
	// What is between named people is not for hosts to look at without a report from one of them.
	if (!post || post.deleted !== null || isPrivate(post)) throw new NotFound();
	return post;
}

/**
 * Checks a ruling and says what it would do: nothing is written. Throws BadInput with fault codes (`rule_unknown`, and those of
 * `facts.ts`), NotAllowed, NotFound, or Conflict `already_hidden`.
 */
export function prepare(context: BranchContext, staffId: string | null, ruling: Ruling): Prepared {
	const post = postForHost(context, staffId, ruling.post);
	if (post.hidden !== null) throw new Conflict('This post is hidden already.', 'already_hidden');
	const chosen = rulesForHiding(context).find(
		({ policy, rule }) => `${policy.id}/${rule.id}` === ruling.rule,
	);
	const faults = context.store.read((reading) => factsFaults(ruling.facts, namesOf(reading, post)));
	if (!chosen) faults.unshift({ field: 'rule', text: 'rule_unknown' });
	if (!chosen || faults.length > 0) throw new BadInput('Something on this page needs another look.', faults);
	const { zone } = context.current.library();
	const now = context.clock.now();
	return {
		post,
		...chosen,
		facts: cleanText(ruling.facts),
		actions: ['content_hidden'],
		appealUntil: appealUntil(zone, now, null),
		decidedOn: dateIn(zone, now),
		scope: publicScope(post),
		author: post.person,
	};
}

/**
 * Hides a post under a rule. One transaction: hidden, the case, the author's notice, the recall of copies, and the signed entry in
 * the outbox (DESIGN 4.9); a process killed in the middle has done all of it or nothing. Returns the id of the statement.
 */
export function decide(context: BranchContext, staffId: string, ruling: Ruling): string {
	const prepared = prepare(context, staffId, ruling);
	const { post, policy, rule } = prepared;
	const id = context.ids.random();
	return context.store.transact((writing) => {
		if (postById(writing, post.id)?.hidden !== null) {
			throw new Conflict('This post is hidden already.', 'already_hidden');
		}
		const now = context.clock.now();
		addDecision(writing, {
			id,
			post: post.id,
			person: prepared.author,
			rule: rule.id,
			rule_version: rule.version,
			policy: policy.id,
			policy_version: policy.version,
			actions: prepared.actions,
			facts: context.keyring.seal(`decision:${id}`, prepared.facts),
			staff_id: staffId,
			appeal_until: prepared.appealUntil,
			created: now,
			until: null,
		});
		impose(context, writing, prepared.actions, { decision: id, post: post.id, person: prepared.author });
		tellOfAct(context, writing, { kind: 'decision', decision: id, person: prepared.author, post: post.id });
		recordDecision(context, writing, id, staffId, prepared);
		return id;
	});
}

function recordDecision(
	context: BranchContext,
	writing: Writing,
	id: string,
	staffId: string,
	prepared: Prepared,
): void {
	const { zone } = context.current.library();
	record(context, writing, {
		id,
		kind: 'decision',
		action: prepared.actions,
		until: null,
		ground: 'rule',
		rule: {
			id: prepared.rule.id,
			version: prepared.rule.version,
			policy: prepared.policy.id,
			policy_sha256: digestDocument(prepared.policy),
		},
		scope: prepared.scope,
		content_type: contentTypes(prepared.post),
		content_month: dateIn(zone, prepared.post.created).slice(0, 7),
		// Nobody reported it: a host came upon it, so nothing had been waiting.
		received_to_decided_hours: hoursBucket(0),
		source: 'staff',
		automated_detection: false,
		automated_decision: 'none',
		notice_sent: prepared.author === null ? 'no_account' : 'yes',
		appeal: { open_until: prepared.appealUntil },
		decided_by: decidedBy(context, writing, staffId),
		refs: [],
		texts: { facts: prepared.facts },
	});
}
