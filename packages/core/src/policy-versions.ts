import type { BranchRecord } from './register.ts';
import type { Policy } from './rule.ts';

/**
 * The policies in force at a branch on a day (YYYY-MM-DD in the library's zone), each in its newest version that has begun: those of the
 * library that the branch adopted, in the order it adopted them, then its own additions. Everybody asks here: the branch for its rules and
 * its hosts' forms, the accountability site for its pages and files.
 */
export function policiesInForce(
	policies: readonly Policy[],
	branch: Pick<BranchRecord, 'id' | 'policies'>,
	today: string,
): Policy[] {
	const newest = newestBegun(policies, today);
	const adopted = branch.policies.flatMap((id) =>
		newest.filter((policy) => policy.id === id && !policy.branch),
	);
	return [...adopted, ...newest.filter((policy) => policy.branch === branch.id)];
}

/** The newest version of each policy that has begun on this day, in the order in which they first appear. */
export function newestBegun(policies: readonly Policy[], today: string): Policy[] {
	const newest = new Map<string, Policy>();
	for (const policy of policies) {
		if (policy.effective_on > today) continue;
		const known = newest.get(policy.id);
		if (!known || known.version < policy.version) newest.set(policy.id, policy);
	}
	return [...newest.values()];
}
