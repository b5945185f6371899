import { Malformed, PublicError } from '@understory/core/errors.ts';
import type { Policy } from '@understory/core/rule.ts';
import type { CheckBody } from '../../api/body-checker.ts';
import type { WantedPolicy } from '../../services/policies.ts';

/** A rule as somebody writes it; its number is given when it is adopted. */
export type WrittenRule = WantedPolicy['rules'][number];

/**
 * What the next version of a policy will have otherwise than the newest. It travels in the form of whoever writes it and is kept nowhere (ADR 94),
 * so it is read as what a stranger may have sent.
 */
export interface Draft {
	/** New rules, and others in new words. */
	readonly changed: readonly WrittenRule[];
	/** Ids of the rules that are left out; they stay at hand, so that one can think again. */
	readonly left: readonly string[];
}

/** One rule of the version that is being written, and what becomes of it. */
export interface DraftedRule {
	readonly rule: WrittenRule;
	readonly state: 'as_before' | 'changed' | 'new' | 'left';
}

/** Reads what `writeDraft` wrote; nothing at all is a draft without changes. Throws `Malformed` for anything else. */
export function readDraft(given: string, checkRule: CheckBody): Draft {
	if (given === '') return { changed: [], left: [] };
	try {
		const { changed, left } = JSON.parse(Buffer.from(given, 'base64url').toString('utf8'));
		for (const rule of changed as unknown[]) checkRule(rule);
		return { changed, left: (left as unknown[]).map(String) };
	} catch (error) {
		const told = error instanceof PublicError || error instanceof SyntaxError || error instanceof TypeError;
		if (!told) throw error;
		throw new Malformed('What was written so far did not arrive whole. Go back and send it again.');
	}
}

/** The draft as a hidden field carries it: letters, digits and `-_` alone. */
export function writeDraft({ changed, left }: Draft): string {
	return Buffer.from(JSON.stringify({ changed, left }), 'utf8').toString('base64url');
}

/** Every rule of the draft in its order: those of the version before, then the new ones. */
export function draftedRules(before: Policy | undefined, { changed, left }: Draft): DraftedRule[] {
	const words = new Map(changed.map((rule) => [rule.id, rule]));
	const old = before?.rules ?? [];
	const known = new Set(old.map(({ id }) => id));
	const stateOf = (id: string, otherwise: DraftedRule['state']) => (left.includes(id) ? 'left' : otherwise);
	return [
		...old.map(({ version: _, ...rule }): DraftedRule => {
			const now = words.get(rule.id);
			return { rule: now ?? rule, state: stateOf(rule.id, now ? 'changed' : 'as_before') };
		}),
		...changed
			.filter(({ id }) => !known.has(id))
			.map((rule): DraftedRule => ({ rule, state: stateOf(rule.id, 'new') })),
	];
}

/** The rules that the next version would have. */
export function rulesOf(before: Policy | undefined, draft: Draft): WrittenRule[] {
	return draftedRules(before, draft)
		.filter(({ state }) => state !== 'left')
		.map(({ rule }) => rule);
}

/** The draft with this rule in these words, and not left out. */
export function withRule({ changed, left }: Draft, rule: WrittenRule): Draft {
	const there = changed.some(({ id }) => id === rule.id);
	return {
		changed: there ? changed.map((one) => (one.id === rule.id ? rule : one)) : [...changed, rule],
		left: left.filter((id) => id !== rule.id),
	};
}

/** The draft without this rule, or with it again. */
export function leavingOut({ changed, left }: Draft, id: string, out: boolean): Draft {
	const others = left.filter((one) => one !== id);
	return { changed, left: out ? [...others, id] : others };
}
