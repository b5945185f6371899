/** Renders a page of the branch in a language ("en" or "es"); made once for a process by `createBranchViews()`. */
export interface BranchViews {
	render(name: string, language: string, data: object): string;
}
