import type { Design } from '@understory/design/design.ts';

/** The pages of a branch, compiled when first shown and shared by every branch of the process. */
export interface BranchViews {
	readonly design: Design;
}

/** Adds the branch's pages to a design. Once for each design; hand the result to every `openBranch`. */
export function createBranchViews(design: Design): BranchViews {
	design.registerViews('branch', new URL('../views/', import.meta.url));
	return { design };
}
