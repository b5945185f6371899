import type { Rule } from '@understory/core/rule.ts';
import type { BranchContext } from '../../context.ts';
import type { DecisionRow } from '../../store/decisions.ts';

/** The rule of a decision as it was worded then; undefined when the register does not have that version. */
export function ruleOf(
	{ current }: Pick<BranchContext, 'current'>,
	decision: Pick<DecisionRow, 'policy' | 'policy_version' | 'rule' | 'rule_version'>,
): Rule | undefined {
	return current
		.register()
		?.policies.find(({ id, version }) => id === decision.policy && version === decision.policy_version)
		?.rules.find(({ id, version }) => id === decision.rule && version === decision.rule_version);
}
