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
}

export const STAFF_ROLES = [
	'greeter',
	'host',
	'branch_lead',
	'moderation_team',
	'library_it',
	'auditor',
] as const;
export type StaffRole = (typeof STAFF_ROLES)[number];

/** The roles of one staff member at one branch at one moment. */
export function rolesAt(grants: readonly Grant[], staffId: string, branch: string, now: number): StaffRole[] {
	return grants
		.filter((grant) => grant.staff_id === staffId)
		.filter((grant) => grant.branch === null || grant.branch === branch)
		.filter((grant) => grant.from <= now && (grant.until === null || now < grant.until))
		.map((grant) => grant.role);
}

/** May these roles decide about other people's posts? Library IT keeps machines and has no way in to content. */
export function mayModerate(roles: readonly StaffRole[]): boolean {
	return roles.some((role) => role === 'host' || role === 'branch_lead' || role === 'moderation_team');
}
