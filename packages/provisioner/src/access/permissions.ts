/**
 * The roles of whoever calls the API or comes to the console. `platform_admin`: the platform operator; `library_it`: one library; `branch_lead`: settings and
 * operations of some branches; `auditor`: reads all that library IT may read and changes nothing; `reader`: looks at what everybody there may see.
 */
export const API_ROLES = ['platform_admin', 'library_it', 'branch_lead', 'auditor', 'reader'] as const;
export type ApiRole = (typeof API_ROLES)[number];

/**
 * What can be done, and in which roles. This table is the only place that says so: routes and pages ask it, the document of the API, the page of the docs and the test
 * of roles are made from it.
 */
export const PERMISSIONS = {
	/** Find one's way: the libraries and branches that one reaches, how far an operation is, oneself. */
	find: ['platform_admin', 'library_it', 'branch_lead', 'auditor', 'reader'],
	/** Look at one branch: its conditions, its history, its copies. */
	look_at_branch: ['platform_admin', 'library_it', 'branch_lead', 'auditor', 'reader'],
	/** Look at what a library has for all its branches: policies, contacts, neighborhoods. */
	look: ['platform_admin', 'library_it', 'auditor', 'reader'],
	/** Read what only library IT works with: card sign-in without its secrets, keys, clients, staff, tokens, what was done by whom. */
	inspect: ['platform_admin', 'library_it', 'auditor'],
	/** Change the settings of a branch. */
	set_branch: ['platform_admin', 'library_it', 'branch_lead'],
	/** Change what is a library's, begin operations, invite, make tokens for it. */
	keep_library: ['platform_admin', 'library_it'],
	/** Read what concerns the platform: cells, homes, upgrades. */
	inspect_platform: ['platform_admin', 'auditor'],
	/** Change what concerns the platform: libraries, cells, upgrades, networks. Fetch the sealed keys of homes. */
	keep_platform: ['platform_admin'],
} as const satisfies Readonly<Record<string, readonly ApiRole[]>>;

export type Permission = keyof typeof PERMISSIONS;

/** How far a role can reach at the most: everywhere, one library, or some branches of one. */
export const REACH = {
	platform_admin: 'platform',
	library_it: 'library',
	branch_lead: 'branch',
	auditor: 'platform',
	reader: 'platform',
} as const satisfies Readonly<Record<ApiRole, 'platform' | 'library' | 'branch'>>;

/** Who asks: a role, at one library or everywhere (null), at some of its branches or all (null). */
export interface Scope {
	readonly role: ApiRole;
	/** Id. */
	readonly library: string | null;
	/** Ids. */
	readonly branches: readonly string[] | null;
}

/** Does a role allow it? Fails closed: a role that is not known may nothing. */
export function allows(role: ApiRole, permission: Permission): boolean {
	const roles: readonly ApiRole[] = PERMISSIONS[permission];
	return roles.includes(role);
}

/** Why somebody may not do what lies at a place, or null when they may. Whether the library or branch of the path is theirs is asked where it is looked up. */
export function refusalOf(
	scope: Scope,
	{ permission, ofBranch }: { permission: Permission; ofBranch: boolean },
): string | null {
	if (!allows(scope.role, permission)) return `A token of the role ${scope.role} may not do this.`;
	const platform = permission === 'inspect_platform' || permission === 'keep_platform';
	if (platform && scope.library !== null) return 'This token is for one library only.';
	if (scope.branches !== null && !ofBranch && permission !== 'find')
		return 'This token is for some branches only.';
	return null;
}

/** Is a branch within reach? */
export function reaches({ library, branches }: Scope, branch: { id: string; library: string }): boolean {
	return (library === null || library === branch.library) && (branches?.includes(branch.id) ?? true);
}
