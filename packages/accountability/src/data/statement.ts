import type { BranchRecord } from '@understory/core/register.ts';
import type { Rule } from '@understory/core/rule.ts';
import type { SignedEntry } from '@understory/core/statement.ts';
import type { Library } from '../registers.ts';
import type { EntryRow } from '../store/entries.ts';

/** A published entry with what stands round it: everything the pages, feeds and files are made from. */
export interface Statement {
	readonly entry: SignedEntry;
	readonly row: EntryRow;
	/** As the register has it now; null when the branch is gone from it. */
	readonly branch: BranchRecord | null;
	/** The rule as the policy of that version has it, when the register still has that version. */
	readonly rule: Rule | null;
	readonly url: string;
}

/** Reads a row of the store. The bytes were checked when they came in. */
export function statementOf(library: Library, row: EntryRow): Statement {
	const entry = JSON.parse(row.entry) as SignedEntry;
	const { register } = library;
	return {
		entry,
		row,
		branch: register.branches.find((branch) => branch.id === row.branch_id) ?? null,
		rule: ruleOf(library, entry.rule),
		url: `${library.origin}/statements/${entry.id}`,
	};
}

/** A rule by id and version among the policies in force; null when it is not there any more. */
export function ruleOf(
	library: Library,
	named: { id: string; version: number; policy: string },
): Rule | null {
	const policy = library.register.policies.find(({ id }) => id === named.policy);
	return policy?.rules.find(({ id, version }) => id === named.id && version === named.version) ?? null;
}
