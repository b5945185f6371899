import type { StaffRole } from '@understory/core/grants.ts';
import { hashToken } from './access.ts';
import type { Database } from './database.ts';
import type { GrantRow, InvitationRow } from './rows.ts';

/** The roles that were given at a library, oldest first, with those that are over. */
export async function grantsOf(database: Database, library: string): Promise<GrantRow[]> {
	return database<GrantRow>('staff_grant').where({ library }).orderBy(['valid_from', 'id']);
}

/** Those that hold now; `now` is in UTC milliseconds. */
export async function grantsNow(database: Database, library: string, now: number): Promise<GrantRow[]> {
	return holding(database, library, now).orderBy(['valid_from', 'id']);
}

/** The roles at a library that a team gives and that hold now. */
export async function teamGrantsAt(
	database: Database,
	{ team, library, now }: { team: string; library: string; now: number },
): Promise<GrantRow[]> {
	return holding(database, library, now).whereRaw("team->>'id' = ?", [team]);
}

/** One role that holds now. */
export async function findGrant(
	database: Database,
	{ library, id, now }: { library: string; id: string; now: number },
): Promise<GrantRow | undefined> {
	return holding(database, library, now).where({ id }).first();
}

/** The role of somebody at a place that holds now, if they have it already by themselves and not in a team. */
export async function grantNow(
	database: Database,
	who: { library: string; branch: string | null; role: StaffRole; staffId: string },
	now: number,
): Promise<GrantRow | undefined> {
	const { library, branch, role, staffId } = who;
	return holding(database, library, now)
		.where({ role, branch, staff_id: staffId, team_member: null })
		.first();
}

export async function addGrant(
	database: Database,
	row: Omit<GrantRow, 'valid_from' | 'valid_until' | 'ended_by' | 'team' | 'team_member'> & {
		valid_from: number;
		valid_until: string | null;
		team_member?: string;
		/** JSON of the seat. */
		team?: string;
	},
): Promise<void> {
	await database('staff_grant').insert(row);
}

export async function changeGrant(
	database: Database,
	id: string,
	to: Pick<GrantRow, 'name' | 'invited_by' | 'valid_until'>,
): Promise<void> {
	await database('staff_grant').where({ id }).update(to);
}

/** Ends a role now. False when it does not hold, or is not of this library. */
export async function endGrant(
	database: Database,
	{ library, id, by, now }: { library: string; id: string; by: string; now: number },
): Promise<boolean> {
	const ended = await holding(database, library, now)
		.where({ id })
		.update({ valid_until: String(now), ended_by: by });
	return ended === 1;
}

function holding(database: Database, library: string, now: number) {
	return database<GrantRow>('staff_grant')
		.where({ library })
		.where((any) => any.whereNull('valid_until').orWhere('valid_until', '>', now));
}

export async function addInvitation(
	database: Database,
	row: Omit<InvitationRow, 'accepted_by' | 'expires' | 'valid_until' | 'team_member'> & {
		expires: number;
		valid_until: number | null;
		team_member?: string;
	},
): Promise<void> {
	await database('invitation').insert(row);
}

/** The invitations of a library that can still be accepted; those that end soonest come first. */
export async function openInvitations(
	database: Database,
	library: string,
	now: number,
): Promise<InvitationRow[]> {
	return database<InvitationRow>('invitation')
		.where({ library, accepted_by: null })
		.where('expires', '>=', now)
		.orderBy(['expires', 'id']);
}

export async function findInvitation(database: Database, token: string): Promise<InvitationRow | undefined> {
	return database<InvitationRow>('invitation')
		.where({ hash: hashToken(token) })
		.first();
}

/** Takes back an invitation that nobody accepted. False when it is not there. */
export async function dropInvitation(database: Database, library: string, id: string): Promise<boolean> {
	return (await database('invitation').where({ library, id, accepted_by: null }).delete()) === 1;
}
