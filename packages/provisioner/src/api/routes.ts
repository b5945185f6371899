import type { ApiRole } from '../store/access.ts';
import * as branches from './branches.ts';
import * as clients from './clients.ts';
import type { ApiRequest, ApiResponse } from './exchange.ts';
import * as libraries from './libraries.ts';
import * as neighborhoods from './neighborhoods.ts';
import * as operations from './operations.ts';
import * as policies from './policies.ts';
import * as signIn from './sign-in.ts';
import * as staff from './staff.ts';
import * as tokens from './tokens.ts';

/** One line of the API: everything the router, the checks and the OpenAPI document need to know of it. */
export interface Route {
	readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
	/** Under `/api/v1`, in OpenAPI's form. */
	readonly path: string;
	readonly id: string;
	readonly summary: string;
	readonly roles: readonly ApiRole[];
	/** Name of the schema of the body; `csv` for a streamed file; null for none. */
	readonly body: string | null;
	/** Status and schema of the answer; null for no body. */
	readonly answer: readonly [status: number, schema: string | null];
	readonly query?: readonly string[];
	readonly handle: (request: ApiRequest) => Promise<ApiResponse>;
}

const LOOK: readonly ApiRole[] = ['platform_admin', 'library_it', 'reader'];
const IT: readonly ApiRole[] = ['platform_admin', 'library_it'];
const ADMIN: readonly ApiRole[] = ['platform_admin'];
const PAGE = ['after', 'limit'] as const;

const library = '/libraries/{library}';
const branch = `${library}/branches/{branch}`;

/** The API, a line a route. */
export const routes: readonly Route[] = [
	row(
		'get',
		'/libraries',
		'listLibraries',
		'The libraries of the platform',
		LOOK,
		null,
		[200, 'Libraries'],
		libraries.list,
		PAGE,
	),
	row(
		'post',
		'/libraries',
		'createLibrary',
		'Make a library',
		ADMIN,
		'NewLibrary',
		[201, 'Library'],
		libraries.create,
	),
	row(
		'post',
		'/libraries:import',
		'importLibraries',
		'Take in a file of the Public Libraries Survey',
		ADMIN,
		'csv',
		[202, 'Operation'],
		libraries.importFile,
		['library'],
	),
	row('get', library, 'getLibrary', 'One library', LOOK, null, [200, 'Library'], libraries.get),
	row(
		'patch',
		library,
		'changeLibrary',
		'Change a library',
		IT,
		'LibraryChange',
		[200, 'Library'],
		libraries.change,
	),
	row(
		'post',
		`${library}/operations`,
		'startLibraryOperation',
		'Provision all listed branches of a library, or ask what is kept about its patrons',
		IT,
		'NewLibraryOperation',
		[202, 'Operation'],
		libraries.operate,
	),
	row(
		'get',
		`${library}/sign-in`,
		'getSignIn',
		'How a library checks its cards, without the secrets, and the last self-test',
		IT,
		null,
		[200, 'SignIn'],
		signIn.get,
	),
	row(
		'put',
		`${library}/sign-in`,
		'changeSignIn',
		'Say how a library checks its cards; version is one more than the one that was read',
		IT,
		'SignInSettings',
		[200, 'SignIn'],
		signIn.change,
	),
	row(
		'post',
		`${library}/sign-in/operations`,
		'startSignInOperation',
		'Try the settings against the catalogue',
		IT,
		'NewSignInOperation',
		[202, 'Operation'],
		signIn.operate,
	),
	row(
		'get',
		`${library}/policies`,
		'listPolicies',
		'Every version of every policy of a library and of its branches',
		LOOK,
		null,
		[200, 'Policies'],
		policies.list,
	),
	row(
		'post',
		`${library}/policies`,
		'adoptPolicy',
		'Adopt the next version of a policy; what leaves a decision to taste or judges an opinion is refused, and why',
		IT,
		'NewPolicy',
		[201, 'CheckedPolicy'],
		policies.adopt,
	),
	row(
		'post',
		`${library}/policies:check`,
		'checkPolicy',
		'Say what adopting a policy would say, and adopt nothing',
		LOOK,
		'NewPolicy',
		[200, 'CheckedPolicy'],
		policies.check,
	),
	row(
		'get',
		`${library}/clients`,
		'listClients',
		'Servers that are no branches and sign people in through the library',
		IT,
		null,
		[200, 'Clients'],
		clients.list,
	),
	row(
		'post',
		`${library}/clients`,
		'createClient',
		'Let a server sign people in; its secret is shown once',
		IT,
		'NewClient',
		[201, 'CreatedClient'],
		clients.create,
	),
	row(
		'post',
		`${library}/clients/{client}/secrets`,
		'renewClientSecret',
		'Give a server a new secret beside the one it has; it is shown once',
		IT,
		null,
		[201, 'ClientSecret'],
		clients.renewSecret,
	),
	row(
		'delete',
		`${library}/clients/{client}`,
		'removeClient',
		'End a server; its id is never given out again',
		IT,
		null,
		[204, null],
		clients.remove,
	),
	row(
		'get',
		`${library}/staff`,
		'listStaff',
		'Who has a role now, for the whole library or at a branch',
		IT,
		null,
		[200, 'Staff'],
		staff.list,
	),
	row(
		'delete',
		`${library}/staff/{grant}`,
		'takeBackRole',
		'Take a role back; it ends at once',
		IT,
		null,
		[204, null],
		staff.takeBack,
	),
	row(
		'get',
		`${library}/invitations`,
		'listInvitations',
		'Invitations that nobody accepted yet, without their addresses',
		IT,
		null,
		[200, 'Invitations'],
		staff.listInvitations,
	),
	row(
		'post',
		`${library}/invitations`,
		'inviteLibraryStaff',
		'Invite somebody to a role for the whole library, such as its panel',
		IT,
		'NewLibraryInvitation',
		[201, 'Invitation'],
		staff.inviteToLibrary,
	),
	row(
		'delete',
		`${library}/invitations/{invitation}`,
		'takeBackInvitation',
		'Take back an invitation that nobody accepted yet',
		IT,
		null,
		[204, null],
		staff.takeBackInvited,
	),
	row(
		'get',
		`${library}/branches`,
		'listBranches',
		'The branches of a library',
		LOOK,
		null,
		[200, 'Branches'],
		branches.list,
		PAGE,
	),
	row(
		'post',
		`${library}/branches`,
		'createBranch',
		'Make a branch; it is served as soon as its home has it',
		IT,
		'NewBranch',
		[202, 'Operation'],
		branches.create,
	),
	row(
		'get',
		branch,
		'getBranch',
		'One branch with its conditions',
		LOOK,
		null,
		[200, 'Branch'],
		branches.get,
	),
	row(
		'patch',
		branch,
		'changeBranch',
		'Change what is wanted of a branch',
		IT,
		'BranchChange',
		[202, 'Operation'],
		branches.change,
	),
	row(
		'post',
		`${branch}/operations`,
		'startBranchOperation',
		'Open a branch',
		IT,
		'NewBranchOperation',
		[202, 'Operation'],
		branches.operate,
	),
	row(
		'post',
		`${branch}/invitations`,
		'inviteStaff',
		'Invite somebody to a role at a branch',
		IT,
		'NewInvitation',
		[201, 'Invitation'],
		staff.inviteToBranch,
	),
	row(
		'get',
		'/operations/{operation}',
		'getOperation',
		'How far an operation is',
		LOOK,
		null,
		[200, 'Operation'],
		operations.get,
	),
	row(
		'get',
		'/operations/{operation}/rows',
		'getImportRows',
		'What an import did with each row',
		LOOK,
		null,
		[200, 'ImportRows'],
		operations.rows,
		PAGE,
	),
	row(
		'get',
		'/neighborhoods',
		'listNeighborhoods',
		'The neighborhoods this platform stewards',
		LOOK,
		null,
		[200, 'Neighborhoods'],
		neighborhoods.list,
	),
	row(
		'get',
		'/neighborhoods/{neighborhood}',
		'getNeighborhood',
		'One neighborhood and who stands in it',
		LOOK,
		null,
		[200, 'Neighborhood'],
		neighborhoods.get,
	),
	row('get', '/tokens', 'listTokens', 'Who may call the API', ADMIN, null, [200, 'Tokens'], tokens.list),
	row(
		'post',
		'/tokens',
		'createToken',
		'Make a token; it is shown once',
		ADMIN,
		'NewToken',
		[201, 'Token'],
		tokens.create,
	),
	row(
		'delete',
		'/tokens/{token}',
		'revokeToken',
		'Take a token back',
		ADMIN,
		null,
		[204, null],
		tokens.revoke,
	),
];

function row(
	method: Route['method'],
	path: string,
	id: string,
	summary: string,
	roles: Route['roles'],
	body: string | null,
	answer: Route['answer'],
	handle: Route['handle'],
	query?: readonly string[],
): Route {
	return { method, path, id, summary, roles, body, answer, handle, ...(query ? { query } : {}) };
}
