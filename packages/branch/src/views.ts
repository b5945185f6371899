import type { Design } from '@understory/design/design.ts';
import { type Formats, keptFormats } from '@understory/design/when.ts';

/** The pages of a branch, compiled when first shown and shared by every branch of the process. */
export interface BranchViews {
	readonly design: Design;
	/** Formatters of dates, each made once: making one costs as much as a post. */
	readonly formats: Formats;
}

/** Adds the branch's pages to a design. Once for each design; hand the result to every `openBranch`. */
export function createBranchViews(design: Design): BranchViews {
	design.registerViews('branch', new URL('../views/', import.meta.url));
	return { design, formats: keptFormats() };
}
