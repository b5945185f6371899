import { BadInput, Conflict, NotFound } from '@understory/core/errors.ts';
import type { Meanwhile } from '@understory/core/statement.ts';
import type { BranchContext } from '../../context.ts';
import { addAppeal } from '../../store/appeals.ts';
import { type DecisionRow, decisionById, reversalOf } from '../../store/decisions.ts';
import type { Person } from '../../store/people.ts';
import { quarantinedBy } from '../../store/quarantine.ts';
import type { Writing } from '../../store/store.ts';
import { cleanText, lengthOf } from '../plain-text.ts';
import { record } from '../recording.ts';
import { actOf, liftForAppeal, subjectOf } from './acts.ts';
import { answerDue } from './appeal-clock.ts';
import { ladderOf } from './ladder.ts';
import { ruleOf } from './rule-of.ts';

/** Longest words of an appeal, in characters (Mastodon's limit). */
export const LONGEST_APPEAL = 2000;

/**
 * The person a decision is about says why it is wrong, once a step. What was hidden or removed is there again until somebody else has decided, unless the rule says
 * otherwise. One transaction with its entry in the log, which has none of their words. Throws NotFound for anybody else, BadInput
 * `appeal_words`, Conflict `already_reversed`, `already_appealed` or `too_late`. Returns the id of the entry. `paper`: who took it at a desk, and on which day
 * (YYYY-MM-DD), which is the day that counts.
 */
export function appeal(
	context: BranchContext,
	person: Pick<Person, 'id'>,
	decisionId: string,
	said: string,
	paper: { readonly by: string; readonly on: string } | null = null,
): string {
	return context.store.transact((writing) => {
		const decision = decisionById(writing, decisionId);
		if (decision?.person !== person.id) throw new NotFound();
		const { next, pending, appeals } = ladderOf(context, writing, decision, paper ?? {});
		if (reversalOf(writing, decision.id)) {
			throw new Conflict('This decision was taken back already.', 'already_reversed');
		}
		if (pending) throw new Conflict('You appealed already, and somebody will answer.', 'already_appealed');
		if (!next) throw new Conflict('This cannot be appealed here any more.', 'too_late');
		const words = cleanText(said);
		if (words === '' || lengthOf(words) > LONGEST_APPEAL) {
			const sentence = 'Say in your own words why the decision is wrong.';
			throw new BadInput(sentence, [{ field: 'words', text: 'appeal_words' }]);
		}
		const id = context.ids.random();
		const now = context.clock.now();
		const { step } = next;
		const meanwhile = meanwhileOf(context, decision);
		addAppeal(writing, {
			...{ id, decision: decision.id, step, person: person.id, meanwhile, filed: now },
			taken_by: paper?.by ?? null,
			words: context.keyring.seal(`appeal:${id}`, words),
			due: answerDue(context.current.library().zone, now, step),
			...{ outcome: null, outcome_id: null, reason: null, staff_id: null, decided: null },
		});
		if (meanwhile === 'lifted') liftForAppeal(context, writing, decision.actions, subjectOf(decision));
		recordAppeal(context, writing, { id, step, meanwhile, refs: [decision.id, ...before(appeals)] });
		return id;
	});
}

/** The answers before it, which this appeal does not agree with either. */
function before(appeals: readonly { readonly outcome_id: string | null }[]): string[] {
	return appeals.flatMap(({ outcome_id }) => outcome_id ?? []);
}

/** A rule whose text is not at hand is taken for one that lets nothing come back by itself, and so is an emergency. */
function meanwhileOf(context: BranchContext, decision: DecisionRow): Meanwhile {
	if (!decision.actions.some((action) => actOf(action)?.takesDown)) return 'stands';
	if (context.store.read((reading) => quarantinedBy(reading, decision.id))) return 'stands';
	const rule = ruleOf(context, decision);
	return rule && !rule.down_during_appeal ? 'lifted' : 'stands';
}

function recordAppeal(
	context: BranchContext,
	writing: Writing,
	said: {
		readonly id: string;
		readonly step: number;
		readonly meanwhile: Meanwhile;
		readonly refs: readonly string[];
	},
): void {
	record(context, writing, { kind: 'appeal', ...said, texts: {} });
}
