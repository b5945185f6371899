import type { Context } from '../context.ts';
import { branchesOf } from '../store/branches.ts';
import type { LibraryRow } from '../store/rows.ts';
import { membersOf, partsOf, seatsAt, type TeamRow, type TeamState, teamsOf } from '../store/teams.ts';

/** A team as library IT of one library sees it. */
export interface TeamView {
	readonly id: string;
	readonly name: string;
	/** Where this library stands. */
	readonly state: TeamState;
	/** Did this library make the team? */
	readonly founder: boolean;
	/** Slugs of the branches it serves here; null for all of them. What it serves elsewhere is the other library's to know. */
	readonly branches: readonly string[] | null;
	readonly libraries: readonly {
		readonly slug: string;
		readonly name: string;
		readonly state: TeamState;
		readonly founder: boolean;
	}[];
	readonly members: readonly {
		readonly id: string;
		readonly name: string;
		/** Name of the library they come from. */
		readonly from: string;
		/** Do they come from this library? */
		readonly own: boolean;
		/** Have they signed in at this library, so that they serve here? */
		readonly serves: boolean;
	}[];
}

/** The teams that a library is part of or was asked to be. */
export async function teamsSeenBy(context: Context, library: LibraryRow): Promise<TeamView[]> {
	const teams = await teamsOf(context.database, library.id);
	return Array.fromAsync(teams, (team) => viewOf(context, library, team));
}

async function viewOf({ database }: Context, library: LibraryRow, team: TeamRow): Promise<TeamView> {
	// One after the other: a plan looks through one connection.
	const parts = await partsOf(database, team.id);
	const members = await membersOf(database, team.id);
	const seats = await seatsAt(database, team.id, library.id);
	const branches = await branchesOf(database, library.id);
	const own = parts.find((part) => part.library === library.id)!;
	const slugs = new Map(branches.map(({ id, slug }) => [id, slug]));
	const serving = new Set(seats.map(({ member }) => member));
	return {
		id: team.id,
		name: team.name,
		state: own.state,
		founder: team.founder === library.id,
		branches: own.branches?.flatMap((id) => slugs.get(id) ?? []) ?? null,
		libraries: parts.map((part) => ({
			...{ slug: part.slug, name: part.name, state: part.state, founder: team.founder === part.library },
		})),
		members: members.map((one) => ({
			...{ id: one.id, name: one.name, from: one.from, own: one.library === library.id },
			serves: serving.has(one.id),
		})),
	};
}
