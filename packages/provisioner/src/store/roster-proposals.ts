import type { SignedProposal } from '@understory/core/roster-change.ts';
import type { Database } from './database.ts';
import type { RosterProposalRow } from './rows.ts';

/** Keeps a new one. The same one, sent again, changes nothing. */
export async function addRosterProposal(
	database: Database,
	row: Pick<RosterProposalRow, 'neighborhood' | 'created_by'> & {
		readonly proposal: SignedProposal;
		readonly now: number;
	},
): Promise<void> {
	const { neighborhood, created_by, proposal, now } = row;
	await database('roster_proposal')
		.insert({ id: proposal.id, neighborhood, created_by, proposal: JSON.stringify(proposal), created: now })
		.onConflict('id')
		.ignore();
}

/** Everything that was proposed to a neighborhood, the newest first. */
export async function rosterProposalsOf(
	database: Database,
	neighborhood: string,
): Promise<RosterProposalRow[]> {
	return database<RosterProposalRow>('roster_proposal')
		.where({ neighborhood })
		.orderBy([{ column: 'created', order: 'desc' }, 'id']);
}

/** What nobody has decided, the one that ends first at the top. */
export async function openRosterProposals(
	database: Database,
	neighborhood: string,
): Promise<RosterProposalRow[]> {
	return database<RosterProposalRow>('roster_proposal')
		.where({ neighborhood })
		.whereNull('decided')
		.orderByRaw("(proposal->>'until')::bigint, id");
}

/** It was decided, and stands on the roster. */
export async function settleRosterProposal(
	database: Database,
	id: string,
	told: { readonly decided: number; readonly carried: boolean },
): Promise<void> {
	await database('roster_proposal').where({ id }).whereNull('decided').update(told);
}

/** Libraries with a proposal whose time is over, or a suspension that may be. */
export async function librariesToDecide(database: Database, now: number): Promise<string[]> {
	const rows: { library: string }[] = await database('roster_proposal')
		.join('neighborhood', 'neighborhood.id', 'roster_proposal.neighborhood')
		.distinct('neighborhood.library')
		.whereNull('roster_proposal.decided')
		.whereRaw("(proposal->>'until')::bigint <= ?", [now]);
	return rows.map((row) => row.library);
}
