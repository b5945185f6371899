import type { HomeKind } from '../store/rows.ts';

/** What a cell takes, and how much room it has. */
export interface CellRoom {
	readonly name: string;
	readonly takes: 'any' | 'none' | HomeKind;
	/** Ids of the libraries that live here. None: every library that no cell names. */
	readonly libraries: readonly string[];
	/** The most it may hold; null: as much as there is. */
	readonly most_homes: number | null;
	readonly most_branches: number | null;
	/** What it holds. */
	readonly homes: number;
	readonly branches: number;
	/** The oldest shared home of it that has room. */
	readonly withRoom: string | null;
}

/** Where a branch is to live: in which cell, and in which home of it; null for one that is to be made. Or why nowhere, as a sentence for whoever runs the platform. */
export type Placement =
	| { readonly cell: string; readonly home: string | null }
	| { readonly cell: null; readonly why: string };

/**
 * Decides where a branch is to live. Pure. Cells are asked in their order, and the first that has room takes it: a library that cells name lives in
 * those alone, every other in the cells that name none; a cell may be for one kind of home only, or for none any more. `only`: the one cell it may be.
 */
export function placeIn(
	cells: readonly CellRoom[],
	branch: { readonly library: string; readonly housing: HomeKind },
	only: string | null = null,
): Placement {
	const named = cells.filter(({ libraries }) => libraries.includes(branch.library));
	const theirs = named.length > 0 ? named : cells.filter(({ libraries }) => libraries.length === 0);
	const right = theirs
		.filter(({ takes }) => takes === 'any' || takes === branch.housing)
		.filter(({ name }) => only === null || name === only);
	const refusals: string[] = [];
	for (const cell of right) {
		const home = branch.housing === 'shared' ? cell.withRoom : null;
		const full = whyFull(cell, home);
		if (full === null) return { cell: cell.name, home };
		refusals.push(full);
	}
	if (right.length === 0 && only !== null)
		return { cell: null, why: `The cell ${only} takes no ${branch.housing} homes of this library.` };
	if (right.length === 0) {
		return {
			cell: null,
			why: `No cell takes ${branch.housing} homes of this library. Add one, or change one.`,
		};
	}
	return {
		cell: null,
		why: `No cell has room for this branch. ${refusals.join(' ')} Add a cell, or raise a limit.`,
	};
}

/** Why a cell cannot take one branch more, in that home of it or in a new one; null when it can. */
function whyFull({ name, homes, branches, ...most }: CellRoom, home: string | null): string | null {
	if (most.most_branches !== null && branches >= most.most_branches)
		return `${name} holds ${branches} of ${most.most_branches} branches.`;
	if (home === null && most.most_homes !== null && homes >= most.most_homes)
		return `${name} holds ${homes} of ${most.most_homes} homes.`;
	return null;
}
