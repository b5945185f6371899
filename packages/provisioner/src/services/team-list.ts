import { NotAllowed, NotFound } from '@understory/core/errors.ts';
import {
	byPressure,
	type Heard,
	MOST_WAITING,
	SILENT_AFTER,
	type TeamList,
} from '@understory/core/team-list.ts';
import type { Context } from '../context.ts';
import type { BranchRow, LibraryRow } from '../store/rows.ts';
import { type WaitingRow, waitingAt, waitingForMember } from '../store/team-waiting.ts';
import { partsOf } from '../store/teams.ts';
import { isUuid } from '../store/uuid.ts';

/**
 * What waits for somebody who asks at a branch, over all branches where they are on a moderation team now. Throws NotAllowed `not_on_team` for whoever is not on one at the branch they
 * ask at: its home vouches for nobody else.
 */
export async function teamListFor(
	{ database, clock }: Context,
	{ branch, staffId }: { readonly branch: BranchRow; readonly staffId: string },
): Promise<TeamList> {
	const now = clock.now();
	const rows = await waitingForMember(database, { library: branch.library, staffId, now });
	if (!rows.some(({ id }) => id === branch.id)) {
		throw new NotAllowed('Nobody by that number is on the moderation team of this branch.', 'not_on_team');
	}
	const items = rows.flatMap(({ id, items }) => items.map((item) => ({ ...item, branch: id })));
	return {
		branches: rows.map((row) => {
			const { id, name, library, origin, total } = row;
			return { id, name, library, origin, total, ...heardOf(row, now) };
		}),
		items: items.sort(byPressure).slice(0, MOST_WAITING),
	};
}

/** How much waits at a branch, as library IT sees it: numbers and nothing else. */
export interface WaitingCount extends Heard {
	/** Slug. */
	readonly branch: string;
	readonly name: string;
	readonly total: number;
	readonly emergencies: number;
	/** What is late, and what nobody has yet, of those that the branch told of (two hundred at most). */
	readonly late: number;
	readonly free: number;
}

/** How much waits for a team at the branches of this library that it serves. Throws NotFound for a team that the library did not agree to. */
export async function teamCountsAt(
	{ database, clock }: Context,
	library: LibraryRow,
	team: string,
): Promise<WaitingCount[]> {
	const part = isUuid(team) && (await partsOf(database, team)).find((one) => one.library === library.id);
	if (!part || part.state === 'offered') throw new NotFound('There is no such team.');
	const rows = await waitingAt(database, { library: library.id, branches: part.branches });
	const now = clock.now();
	return rows.map((row) => ({
		...{ branch: row.slug, name: row.name, total: row.total, ...heardOf(row, now) },
		emergencies: row.items.filter(({ kind }) => kind === 'emergency').length,
		late: row.items.filter(({ due }) => due < now).length,
		free: row.items.filter(({ taken }) => !taken).length,
	}));
}

function heardOf({ heard }: WaitingRow, now: number): Heard {
	const as_of = heard === null ? null : Number(heard);
	return { as_of, silent: as_of === null || now - as_of > SILENT_AFTER };
}
