import type { BranchRecord } from '@understory/core/register.ts';
import type { Policy, Rule } from '@understory/core/rule.ts';
import type { SignedEntry } from '@understory/core/statement.ts';
import type { Library } from '../registers.ts';
import type { EntryRow } from '../store/entries.ts';
import type { KeptPolicy } from '../store/policies.ts';

/** A published entry with what stands round it: everything the pages, feeds and files are made from. */
export interface Statement {
	readonly entry: SignedEntry;
	readonly row: EntryRow;
	/** As the register has it now; null when the branch is gone from it. */
	readonly branch: BranchRecord | null;
	/** The policy whose very text the entry names by its digest, or, when we never had that text, null. */
	readonly policy: Policy | null;
	/** The rule in that policy, or of the same id and version in another version of it; null when we never had it. */
	readonly rule: Rule | null;
	readonly url: string;
}

/** Reads a row of the store. The bytes were checked when they came in. */
export function statementOf(library: Library, policies: readonly KeptPolicy[], row: EntryRow): Statement {
	const entry = JSON.parse(row.entry) as SignedEntry;
	const hex = entry.rule.policy_sha256.replace('sha256:', '');
	const pinned = policies.find(
		({ policy, digest }) => policy.id === entry.rule.policy && digest.endsWith(hex),
	);
	return {
		entry,
		row,
		branch: library.register.branches.find((branch) => branch.id === row.branch_id) ?? null,
		policy: pinned?.policy ?? null,
		rule: ruleOf(pinned ? [pinned] : policies, entry.rule),
		url: `${library.origin}/statements/${entry.id}`,
	};
}

function ruleOf(
	policies: readonly KeptPolicy[],
	named: { id: string; version: number; policy: string },
): Rule | null {
	for (const { policy } of policies) {
		if (policy.id !== named.policy) continue;
		const rule = policy.rules.find(({ id, version }) => id === named.id && version === named.version);
		if (rule) return rule;
	}
	return null;
}
