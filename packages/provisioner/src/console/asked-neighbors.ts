import { proposalShapes } from '../api/neighborhoods.ts';
import type { Context } from '../context.ts';
import { goesOnAs } from '../store/branches.ts';
import { neighborhoodsOf } from '../store/neighborhoods.ts';
import type { Found } from './settings-pages.ts';

/** Whom the members of a neighborhood are asked about now since a branch got another name, on the page of either of the two. */
export interface AskedNeighbors {
	/** Name of the branch that goes on. */
	readonly name: string;
	/** UTC milliseconds. */
	readonly until: number;
	/** Members that have not answered. */
	readonly unanswered: readonly { readonly name: string; readonly domain: string }[];
}

/** Null for a branch that was not renamed, and once it is decided. */
export async function neighborsAsked(
	context: Context,
	{ library, branch }: Found,
): Promise<AskedNeighbors | null> {
	const { database } = context;
	const goesOn = branch.renamed_from === null ? await goesOnAs(database, branch.id) : branch;
	if (!goesOn) return null;
	const domain = new URL(goesOn.origin).host;
	for (const { row } of await neighborhoodsOf(database, library.id)) {
		const open = (await proposalShapes(context, row)).find(
			(one) => one.domain === domain && one.kind === 'admit' && one.decided === null,
		);
		if (open) return { name: goesOn.name, until: open.until, unanswered: open.unanswered };
	}
	return null;
}
