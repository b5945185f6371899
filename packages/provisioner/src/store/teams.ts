import type { Database } from './database.ts';

/** `offered`: another library asked this one; `agreed`: its library IT said yes. */
export type TeamState = 'offered' | 'agreed';

export interface TeamRow {
	id: string;
	name: string;
	/** The library that made it. */
	founder: string;
	created: string;
}

/** A library's part in a team. */
export interface TeamLibraryRow {
	team: string;
	library: string;
	state: TeamState;
	/** Ids of the branches it serves here; null for all of them. */
	branches: string[] | null;
	/** The name of the token that offered or agreed last. */
	said_by: string;
	at: string;
}

/** Somebody on a team. */
export interface TeamMemberRow {
	id: string;
	team: string;
	/** The library they come from. */
	library: string;
	/** As they want to be called at work. */
	name: string;
	added_by: string;
	created: string;
	ended: string | null;
}

/** As whom a member signs in at a library. */
export interface SeatRow {
	member: string;
	library: string;
	staff_id: string;
}

/** A library's part with the names that go with it. */
export type NamedPart = TeamLibraryRow & { readonly slug: string; readonly name: string };

export async function addTeam(
	database: Database,
	row: Omit<TeamRow, 'created'> & { created: number },
): Promise<void> {
	await database('team').insert(row);
}

export async function findTeam(database: Database, id: string): Promise<TeamRow | undefined> {
	return database<TeamRow>('team').where({ id }).first();
}

/** The team that somebody is on now. */
export async function teamOfMember(database: Database, member: string): Promise<TeamRow | undefined> {
	return database('team')
		.join('team_member', 'team_member.team', 'team.id')
		.where({ 'team_member.id': member, ended: null })
		.first<TeamRow | undefined>('team.*');
}

/** The teams that a library is part of or was asked to be, the oldest first. */
export async function teamsOf(database: Database, library: string): Promise<TeamRow[]> {
	return database<TeamRow>('team')
		.whereIn('id', database('team_library').where({ library }).select('team'))
		.orderBy(['created', 'id']);
}

/** The libraries of a team, those that agreed and those that were asked. */
export async function partsOf(database: Database, team: string): Promise<NamedPart[]> {
	return database('team_library')
		.join('library', 'library.id', 'team_library.library')
		.where({ team })
		.orderBy(['team_library.at', 'library.slug'])
		.select('team_library.*', 'library.slug', 'library.name');
}

export async function putPart(
	database: Database,
	row: Omit<TeamLibraryRow, 'at'> & { at: number },
): Promise<void> {
	await database('team_library').insert(row).onConflict(['team', 'library']).merge();
}

export async function dropPart(database: Database, team: string, library: string): Promise<void> {
	await database('team_library').where({ team, library }).delete();
}

/** Who is on a team now, the oldest first, with the name of where they come from. */
export async function membersOf(
	database: Database,
	team: string,
): Promise<(TeamMemberRow & { readonly from: string })[]> {
	return database('team_member')
		.join('library', 'library.id', 'team_member.library')
		.where({ team, ended: null })
		.orderBy(['team_member.created', 'team_member.id'])
		.select('team_member.*', 'library.name as from');
}

export async function addMember(
	database: Database,
	row: Omit<TeamMemberRow, 'created' | 'ended'> & { created: number },
): Promise<void> {
	await database('team_member').insert(row);
}

/** They are on the team no more; what they did stays theirs. */
export async function endMember(database: Database, id: string, now: number): Promise<void> {
	await database('team_member').where({ id, ended: null }).update({ ended: now });
	await database('team_seat').where({ member: id }).delete();
	await database('invitation').where({ team_member: id, accepted_by: null }).delete();
}

/** Who of a team signs in at a library, and as whom. */
export async function seatsAt(database: Database, team: string, library: string): Promise<SeatRow[]> {
	return database('team_seat')
		.join('team_member', 'team_member.id', 'team_seat.member')
		.where({ 'team_member.team': team, 'team_seat.library': library, ended: null })
		.select('team_seat.*');
}

export async function putSeat(database: Database, row: SeatRow): Promise<void> {
	await database('team_seat').insert(row).onConflict(['member', 'library']).merge();
}

export async function dropSeat(
	database: Database,
	{ member, library }: Pick<SeatRow, 'member' | 'library'>,
): Promise<void> {
	await database('team_seat').where({ member, library }).delete();
}

/** Nobody of a team signs in at a library any more, until they are invited anew. */
export async function dropSeatsAt(database: Database, team: string, library: string): Promise<void> {
	const members = database('team_member').where({ team }).select('id');
	await database('team_seat').where({ library }).whereIn('member', members).delete();
}

/** Invitations to a library for somebody of a team, which nobody accepted. */
export async function dropTeamInvitations(database: Database, team: string, library: string): Promise<void> {
	const members = database('team_member').where({ team }).select('id');
	await database('invitation').where({ library, accepted_by: null }).whereIn('team_member', members).delete();
}
