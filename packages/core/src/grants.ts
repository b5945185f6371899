/** What somebody on the staff may do, where, and for how long. Written by the provisioner, carried in the register. */
export interface Grant {
	readonly staff_id: string;
	/** As they want to be called at work. */
	readonly name: string;
	readonly role: StaffRole;
	/** A branch id, or null for the whole library. */
	readonly branch: string | null;
	/** UTC milliseconds; `until` null means until it is taken back. */
	readonly from: number;
	readonly until: number | null;
	/** Set for a place on a moderation team that several branches or libraries share; missing is none. */
	readonly team?: TeamSeat;
}

/** As what somebody of a shared team is here. */
export interface TeamSeat {
	readonly id: string;
	readonly name: string;
	/** Name of the library they come from; null when it is this one. */
	readonly from: string | null;
}

/** What somebody can be at one branch. */
export const BRANCH_ROLES = [
	'greeter',
	'host',
	'branch_lead',
	'moderation_team',
	'library_it',
	'auditor',
] as const;
/** What somebody can be for a whole library. The panel decides for all branches together and has no way in to any of them. */
export const LIBRARY_ROLES = ['panel', 'moderation_team', 'library_it', 'auditor'] as const;
export type StaffRole = (typeof BRANCH_ROLES)[number] | (typeof LIBRARY_ROLES)[number];

/** Does a role hold now? `now` is in UTC milliseconds. */
export function holds({ from, until }: Pick<Grant, 'from' | 'until'>, now: number): boolean {
	return from <= now && (until === null || now < until);
}

/** Does a role count at a branch: was it given there, or for the whole library? A place on the panel counts at none. */
export function countsAt(grant: Pick<Grant, 'role' | 'branch'>, branch: string): boolean {
	return grant.role !== 'panel' && (grant.branch === null || grant.branch === branch);
}

/** The roles of one staff member at one branch at one moment. */
export function rolesAt(grants: readonly Grant[], staffId: string, branch: string, now: number): StaffRole[] {
	return grants
		.filter((grant) => grant.staff_id === staffId && countsAt(grant, branch) && holds(grant, now))
		.map((grant) => grant.role);
}

/** Who is on the panel now, by staff id; each is there once, however often they were named. */
export function panelOf(grants: readonly Grant[], now: number): ReadonlySet<string> {
	const members = grants.filter(
		(grant) => grant.role === 'panel' && grant.branch === null && holds(grant, now),
	);
	return new Set(members.map(({ staff_id }) => staff_id));
}
