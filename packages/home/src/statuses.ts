import type { BranchStatus, DesiredBranch } from '@understory/core/desired.ts';

/** What is told of a branch whose folder is not open: what is known is what was wished for, with the key it had. */
export function closedStatus(
	{ branch, generation }: DesiredBranch,
	state: BranchStatus['state'],
	message: string | null = null,
): BranchStatus {
	const { id, epoch, branch_key } = branch;
	return { branch: id, generation, epoch, state, message, branch_key, consents: [] };
}
