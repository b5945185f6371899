import { BadInput, Conflict, NotAllowed, NotFound } from '@understory/core/errors.ts';
import { type Entry, hoursBucket } from '@understory/core/statement.ts';
import type { BranchContext } from '../../context.ts';
import { appealsOf } from '../../store/appeals.ts';
import { addReversal, type DecisionRow, decisionById, reversalOf } from '../../store/decisions.ts';
import { entryById } from '../../store/entries.ts';
import { postById } from '../../store/posts.ts';
import type { Reading, Writing } from '../../store/store.ts';
import { cleanText } from '../plain-text.ts';
import { decidedBy, record } from '../recording.ts';
import { lift, subjectOf } from './acts.ts';
import { conclude } from './concluding.ts';
import { factsFaults } from './facts.ts';
import type { Hearer } from './hearers.ts';
import { tellOfReversal } from './settling.ts';
import { namesOf } from './subject.ts';
import { tellOfAct } from './telling.ts';

/**
 * Takes a decision back as if it had not been: what it did is undone exactly, the author is told, and the log has an entry that names the
 * decision; one transaction. Returns the id of that entry. Throws NotAllowed, NotFound, Conflict `already_reversed`, and BadInput with the
 * codes of `facts.ts` for the reason, which is published.
 */
export function reverse(
	context: BranchContext,
	staffId: string,
	{ decision: id, reason }: { readonly decision: string; readonly reason: string },
): string {
	if (!context.current.mayDecide(staffId)) {
		throw new NotAllowed('Only a host of this branch reverses decisions.', 'not_a_host');
	}
	return context.store.transact((writing) => {
		const decision = decisionById(writing, id);
		if (!decision) throw new NotFound();
		const faults = reasonFaults(writing, decision, reason);
		if (faults.length > 0) throw new BadInput('Something on this page needs another look.', faults);
		const said = { reason: cleanText(reason), staffId };
		// Whoever gives in to an open appeal answers it.
		const open = appealsOf(writing, id).find(({ decided }) => decided === null);
		if (!open) return reverseIn(context, writing, decision, said);
		const answer = conclude(context, writing, open, { ...said, outcome: 'overturned', as: 'host' });
		return reverseIn(context, writing, decision, { ...said, refs: [answer] });
	});
}

/** What is wrong with a reason that will be published, as `factsFaults` says it, under the name of its field. */
export function reasonFaults(reading: Reading, decision: DecisionRow, reason: string) {
	const post = decision.post === null ? undefined : postById(reading, decision.post);
	const names = post ? namesOf(reading, post) : { handle: '', name: '', text: '' };
	return factsFaults(reason, names).map(({ text }) => ({ field: 'reason', text }));
}

/** The same within a transaction that found the decision and held the reason to what is published. */
export function reverseIn(
	context: BranchContext,
	writing: Writing,
	decision: DecisionRow,
	{
		reason,
		staffId,
		as = 'host',
		refs = [],
	}: {
		readonly reason: string;
		readonly staffId: string;
		readonly as?: Hearer;
		readonly refs?: readonly string[];
	},
): string {
	if (reversalOf(writing, decision.id)) {
		throw new Conflict('This decision is reversed already.', 'already_reversed');
	}
	const id = context.ids.random();
	const now = context.clock.now();
	const sealed = context.keyring.seal(`reversal:${id}`, reason);
	addReversal(writing, { id, decision: decision.id, reason: sealed, staff_id: staffId, created: now });
	const { post, person } = decision;
	lift(context, writing, decision.actions, subjectOf(decision));
	tellOfAct(context, writing, { kind: 'reversal', decision: decision.id, person, post });
	tellOfReversal(context, writing, decision.id);
	recordReversal(context, writing, decision, { id, reason, staffId, as, refs: [decision.id, ...refs] });
	return id;
}

function recordReversal(
	context: BranchContext,
	writing: Writing,
	decision: DecisionRow,
	said: {
		readonly id: string;
		readonly reason: string;
		readonly staffId: string;
		readonly as: Hearer;
		readonly refs: readonly string[];
	},
): void {
	// What the log said of the decision, word for word.
	const entry = JSON.parse(entryById(writing, decision.id)!.body) as Entry;
	const { ground, rule, scope, content_type, content_month, source, automated_detection } = entry;
	record(context, writing, {
		...{ id: said.id, kind: 'reversal', action: ['none'], until: null, ground, rule, scope },
		...{ content_type, content_month, source, automated_detection },
		received_to_decided_hours: hoursBucket(context.clock.now() - decision.created),
		automated_decision: 'none',
		notice_sent: decision.person === null ? 'no_account' : 'yes',
		appeal: null,
		decided_by: decidedBy(context, writing, said.staffId, said.as),
		refs: said.refs,
		texts: { explanation: said.reason },
	});
}
