import {
	API_ROLES,
	type ApiRole,
	allows,
	PERMISSIONS,
	type Permission,
	REACH,
} from '../src/access/permissions.ts';

/** What each permission opens, as the docs say it. */
const OPENS: Readonly<Record<Permission, string>> = {
	find: 'The libraries and branches within reach, how far an operation is, one’s own token',
	look_at_branch: 'One branch: its conditions, its copies, its history',
	look: 'What a library has for all its branches: policies, contacts, neighborhoods, teams, its bill and its quotas',
	inspect:
		'What library IT works with: card sign-in without its secrets, keys, servers that sign people in, staff, tokens, what was done by whom',
	set_branch: 'The settings of a branch',
	keep_library:
		'Everything else of a library: branches and files of its own, operations, card sign-in, rules, staff, tokens',
	inspect_platform: 'What concerns the platform: cells, homes, upgrades, all bills',
	keep_platform:
		'Changing what concerns the platform: libraries and files of many, quotas, prices, cells, upgrades, networks of catalogues; fetching the sealed keys of homes',
};

const REACHES: Readonly<Record<(typeof REACH)[ApiRole], string>> = {
	platform: 'the platform, or one library',
	library: 'one library',
	branch: 'some branches of one library',
};

/** The table as a page of the docs. */
export function rolesDocument(): string {
	const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
	return [
		'# Who may do what by the API and in the console',
		'',
		'Made from `packages/provisioner/src/access/permissions.ts` by `npm run roles`. The API, its document and the console ask the same table, and a test asks every route as every role. What people with',
		'a role *at a branch* may do (hosts, branch leads, the moderation team) is [another table](../hosts/roles.md): neither opens anything of the other.',
		'',
		row(['', ...API_ROLES.map((role) => `\`${role}\``)]),
		row(['---', ...API_ROLES.map(() => '---')]),
		row(['reaches at the most', ...API_ROLES.map((role) => REACHES[REACH[role]])]),
		...(Object.keys(PERMISSIONS) as Permission[]).map((permission) =>
			row([OPENS[permission], ...API_ROLES.map((role) => (allows(role, permission) ? 'yes' : '—'))]),
		),
		'',
		'`platform_admin` is the platform operator. A token that names a library reaches nothing of the platform and of no other library not even that it is there; one that names branches reaches these alone, whatever its role.',
		'A branch lead changes the settings of a branch but for two that are the library’s to say: that it publishes totals only, and what an import proposed about closing it.',
		'No role of this table reads a post, a report or a case.',
		'',
		'Nobody makes, renews or takes back a token that reaches further than their own.',
		'',
	].join('\n');
}
