import type { Register } from '@understory/core/register.ts';
import type { Deliberation } from '@understory/core/roster-change.ts';
import { replay } from '@understory/neighborhood/changes.ts';
import { voicesThatHold } from '@understory/neighborhood/tally.ts';
import type { Database } from '../store/database.ts';
import type { NeighborhoodWithBranches } from '../store/neighborhoods.ts';
import { openRosterProposals } from '../store/roster-proposals.ts';
import type { BranchRow, NeighborhoodRow } from '../store/rows.ts';
import { replyTo } from './members-roster.ts';
import { wordsOf } from './roster.ts';

/** What the members of these neighborhoods are asked now, as it stands in the register. */
export async function deliberationsOf(
	database: Database,
	neighborhoods: readonly NeighborhoodWithBranches[],
	branches: readonly BranchRow[],
): Promise<Pick<Register, 'deliberations'>> {
	const all: Deliberation[] = [];
	for (const { row } of neighborhoods) all.push(...(await openIn(database, row, branches)));
	return all.length > 0 ? { deliberations: all } : {};
}

/** Open proposals of one neighborhood with the voices that hold. */
export async function openIn(
	database: Database,
	{ id, roster }: Pick<NeighborhoodRow, 'id' | 'roster'>,
	branches: readonly BranchRow[],
): Promise<Deliberation[]> {
	const way = roster?.charter.changes;
	if (!roster || !way) return [];
	const standing = replay(roster, way);
	if ('reason' in standing) return [];
	const words = wordsOf(branches);
	return (await openRosterProposals(database, id)).map(({ proposal }) => ({
		proposal,
		voices: voicesThatHold(proposal, words.voices, standing),
		reply: replyTo(proposal, words),
	}));
}
