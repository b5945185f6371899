import { BRANCH_ROLES, type StaffRole } from '@understory/core/grants.ts';
import { allows, PERMISSIONS, type Permission } from '@understory/core/permissions.ts';

/** Everybody the table speaks of, from the least to the most: whoever is not signed in, whoever has an account, and each role on the staff. */
export const EVERYBODY = ['the public and the council', 'patron', ...BRANCH_ROLES] as const;
export type Somebody = (typeof EVERYBODY)[number];

/** What each permission opens, as the docs say it. */
const OPENS: Readonly<Record<Permission, string>> = {
	greet: 'Newcomers who would like somebody to say hello, and writing to them',
	serve: 'At a desk: a code for the porch, a day pass',
	carry: 'At a desk: a code for a new card, noting that somebody asked to be deleted',
	note_parents: 'At a desk: what a parent said about their teen posting for everyone',
	oversee: 'What all desks of the library did, and whether somebody guesses cards',
	moderate:
		'The host’s room: what is posted, reports, deciding, taking back, servers, speaking for the branch',
	read_cases: 'What was decided, with the file of each case; looking is written down',
	audit_cases: 'Read a drawn decision again, and say in the log whether it applied its rule',
	see_team_list: 'What waits for the team at each branch it serves: what kind and by when, never what it is',
	end_accounts: 'End an account for a year, after notice and answer, when another person considered it',
	hold_cases: 'Put a legal hold on a case, so that nothing of it is destroyed',
	release_cases: 'Release such a hold',
	export_cases: 'Make the record of a case for a records request, with names taken out',
	set_retention: 'Say how many years the files of cases are kept',
	set_nights: 'Set quiet hours and the night desk',
	label_offices: 'Label the official account of an office when its owner asked for it',
	set_spaces: 'Open a space of the board with a name and a purpose, and close one',
	read_accesses: 'Who on the staff looked at what, when and why',
};

/** May they? Only staff may anything of this table. */
export function may(who: Somebody, permission: Permission): boolean {
	if (who === 'the public and the council' || who === 'patron') return false;
	return allows([who satisfies StaffRole], permission);
}

/** The table as a page of the docs. */
export function rolesDocument(): string {
	const names = EVERYBODY.map((who) => who.replaceAll('_', ' '));
	const rows = (Object.keys(PERMISSIONS) as Permission[]).map(
		(permission) =>
			`| ${OPENS[permission]} | ${EVERYBODY.map((who) => (may(who, permission) ? 'yes' : '—')).join(' | ')} |`,
	);
	return [
		'# Who on the staff may do what',
		'',
		'Made from `packages/core/src/permissions.ts` by `npm run roles`; pages ask the same table, and a test asks every page for staff as everybody of it.',
		'',
		`| | ${names.join(' | ')} |`,
		`|---|${names.map(() => '---').join('|')}|`,
		...rows,
		'',
		'An **appeal** is read and answered by whoever may decide it, and that is asked anew each time: nobody who decided before, by whatever role. The **panel** decides for',
		'the whole library about keeping somebody away, at the card pages, and has no way in to any branch. **Library IT** gives roles and keeps machines; it has no page that shows',
		'a post or a case. An **auditor** reads cases and who looked at them, says in the log whether a drawn decision applied its rule, and can change nothing. The **council**, like everybody, has the accountability site. Whoever has a',
		'role also has an account of their own as a patron, and the two stay apart. A role counts from the moment it was given until it is taken back or its last day is over; nothing has',
		'to be signed out. What somebody was doing stays with the branch: cases, appeals and servers that wait are the same for the next host.',
		'',
	].join('\n');
}
