import type { Policy, Rule } from './rule.ts';
import { STARTER_RULES_OF_LAW } from './starter-rules-of-law.ts';
import { STARTER_RULES_OF_USE } from './starter-rules-of-use.ts';

/**
 * The rules a library begins with: objective, viewpoint-neutral, each with a test and with examples (reference/accountability.md 3.3, 3.4).
 * A library adopts them as its own by name and date; later versions replace, and never edit, these.
 */
export function starterPolicy(adoptedBy: string, effectiveOn: string): Policy {
	const rules: readonly Rule[] = [...STARTER_RULES_OF_LAW, ...STARTER_RULES_OF_USE];
	return { id: 'conduct', version: 1, adopted_by: adoptedBy, effective_on: effectiveOn, rules };
}
