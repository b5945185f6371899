import { NotAllowed } from '@understory/core/errors.ts';
import type { Request, RequestHandler } from 'express';
import { allows, type Permission, refusalOf } from '../access/permissions.ts';
import type { TokenRow } from '../store/access.ts';

/** Pages of a library that show what only library IT works with. */
const INSPECTED = new Set([
	'sign-in',
	'signing-keys',
	'networks',
	'staff',
	'staff-sign-in',
	'audit',
	'imports',
]);
/** Parts of the console that are the platform's. */
const OF_THE_PLATFORM = new Set(['cells', 'upgrades', 'homes', 'imports', 'audit']);
/** Forms for something new, by whoever may make it: nobody else sees them. */
const MAKING = { library: 'new-library', branch: 'new-branch' } as const;
/** What may be changed of a branch by whoever may change its settings. */
const SET = new Set(['settings', 'name-and-place']);
/** What everybody who is signed in does with their own session. */
const OWN = new Set(['', 'signin', 'signout', 'command']);
/** How far something is that takes time, and cancelling it; whose it is and who may is asked where it is looked up, as by the API. */
const FOUND = new Set(['operations']);

/** Asks of each page of the console whether whoever is signed in may open it, by the same table as the API. A page that is not named here is library IT's. */
export function askPermission(): RequestHandler {
	return (request, response, next) => {
		const token = response.locals.token as TokenRow | undefined;
		const refusal = token && refusalAt(token, request);
		if (refusal) throw new NotAllowed(refusal);
		next();
	};
}

/** Why whoever is signed in may not open a page; null when they may. */
export function refusalAt(
	token: TokenRow,
	{ method, path }: Pick<Request, 'method' | 'path'>,
): string | null {
	return refusalOf(token, placeOf(method, path));
}

/** May they change something here, as the pages say it beside their forms? */
export function mayChange(token: Pick<TokenRow, 'role'>): boolean {
	return allows(token.role, 'keep_library');
}

/** Lets in whoever may read what is the platform's, or change it. Throws `NotAllowed`. */
export function requireOfPlatform(token: TokenRow, act: 'inspect' | 'keep'): void {
	const refusal = refusalOf(token, { permission: `${act}_platform`, ofBranch: false });
	if (refusal) throw new NotAllowed(refusal);
}

/** May they read what is the platform's, or change it? */
export function isOfPlatform(token: TokenRow, act: 'inspect' | 'keep'): boolean {
	return refusalOf(token, { permission: `${act}_platform`, ofBranch: false }) === null;
}

function placeOf(method: string, path: string): { permission: Permission; ofBranch: boolean } {
	const reads = method === 'GET' || method === 'HEAD';
	const [area = '', library, section, branch, part] = path.split('/').slice(1);
	if (OWN.has(area) || FOUND.has(area)) return { permission: 'find', ofBranch: false };
	if (area === MAKING.library) return { permission: 'keep_platform', ofBranch: false };
	if (area === 'libraries' && section === MAKING.branch)
		return { permission: 'keep_library', ofBranch: false };
	if (OF_THE_PLATFORM.has(area))
		return { permission: reads ? 'inspect_platform' : 'keep_platform', ofBranch: false };
	if (area === 'libraries' && section === 'branches' && branch) {
		if (reads) return { permission: 'look_at_branch', ofBranch: true };
		return { permission: SET.has(part ?? '') ? 'set_branch' : 'keep_library', ofBranch: true };
	}
	if (!reads) return { permission: 'keep_library', ofBranch: false };
	if (area === 'libraries' && library && section === undefined)
		return { permission: 'find', ofBranch: false };
	const inside = area !== 'libraries' || section === undefined || INSPECTED.has(section);
	return { permission: inside ? 'inspect' : 'look', ofBranch: false };
}
