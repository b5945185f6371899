import type { StaffRole } from './grants.ts';

/**
 * What members of the staff can do, and in which roles. This table is the only place that says so: pages and services ask it, the page of the docs and the test of
 * roles are made from it. Library IT keeps machines and has no way in to content. The panel counts at no branch (`grants.ts`), so it stands in no row.
 */
export const PERMISSIONS = {
	/** Write to newcomers who said that they would like it. Opens no post, no report and no case. */
	greet: ['greeter', 'host', 'branch_lead'],
	/** At a desk: make codes that open the porch, and day passes. */
	serve: ['greeter', 'host', 'branch_lead'],
	/** At a desk: carry an account over to a new card, note that somebody asked to be deleted. */
	carry: ['host', 'branch_lead'],
	/** At a desk: note what a parent or guardian said about their teen posting for everyone. */
	note_parents: ['host', 'branch_lead'],
	/** See what all desks of the library did, and what staff should know of guessing. */
	oversee: ['branch_lead', 'moderation_team', 'library_it', 'auditor'],
	/** Look at what people of the branch write, decide about it, take decisions back, answer reports and servers. */
	moderate: ['host', 'branch_lead', 'moderation_team'],
	/** Read what was decided at the branch, with the file of the case. */
	read_cases: ['host', 'branch_lead', 'moderation_team', 'auditor'],
	/** Say in the log of a decision that was drawn whether its rule was applied as it stands. */
	audit_cases: ['auditor'],
	/** See what waits for the moderation team, at all branches where one is on it. */
	see_team_list: ['moderation_team'],
	/** End an account for a year, after notice and answer, when somebody else considered it. */
	end_accounts: ['moderation_team'],
	/** Keep a case from being destroyed when its time is over. */
	hold_cases: ['host', 'branch_lead', 'moderation_team'],
	/** Let a case that was held go its way again. */
	release_cases: ['branch_lead', 'moderation_team'],
	/** Make the record of a case for somebody who asks for records. */
	export_cases: ['branch_lead', 'moderation_team'],
	/** Say how many years files of cases are kept. */
	set_retention: ['branch_lead', 'moderation_team'],
	/** Set quiet hours, and who is called at night. */
	set_nights: ['branch_lead', 'moderation_team'],
	/** Set the label of an account of an office when its owner asked for it, and end labels. */
	label_offices: ['branch_lead'],
	/** Open a space of the board with a name and a purpose, and close one. */
	set_spaces: ['branch_lead'],
	/** Read who on the staff looked at what of people's, when and why. */
	read_accesses: ['branch_lead', 'moderation_team', 'auditor'],
} as const satisfies Readonly<Record<string, readonly StaffRole[]>>;

export type Permission = keyof typeof PERMISSIONS;

/** Does any of these roles allow it? Fails closed: no roles, no permission. */
export function allows(roles: readonly StaffRole[], permission: Permission): boolean {
	const allowed: readonly StaffRole[] = PERMISSIONS[permission];
	return roles.some((role) => allowed.includes(role));
}
