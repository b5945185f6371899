import { unreachable } from '@understory/core/result.ts';
import type { Permission } from '../access/permissions.ts';
import type { ApiRequest, ApiResponse } from './exchange.ts';

/** One line of the API: everything the router, the checks and the OpenAPI document need to know of it. */
export interface Route {
	readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
	/** Under `/api/v1`, in OpenAPI's form. */
	readonly path: string;
	readonly id: string;
	readonly summary: string;
	readonly permission: Permission;
	/** For everybody, without a token. */
	readonly open: boolean;
	/** Name of the schema of the body; `csv` for a streamed file; null for none. */
	readonly body: string | null;
	/** Status and schema of the answer; null for no body. */
	readonly answer: readonly [status: number, schema: string | null];
	readonly query?: readonly string[];
	/** It asks somebody outside, or reads a file, before it writes: it says by `asOne` what is to be one transaction. */
	readonly apart?: true;
	readonly handle: (request: ApiRequest) => Promise<ApiResponse>;
}

/** Whom a line of the table is for; with its method and path that is a permission. */
export type For = 'everybody' | 'lookers' | 'branch leads' | 'library IT' | 'the platform';
/** For everybody with a token, within their reach. */
export const FIND: For = 'everybody';
/** For whoever may look. */
export const LOOK: For = 'lookers';
/** Settings of a branch. */
export const LEAD: For = 'branch leads';
/** What library IT works with; what only reads it is for auditors too. */
export const IT: For = 'library IT';
/** What concerns the platform; what only reads it is for its auditors too. */
export const ADMIN: For = 'the platform';
/** The query of a list in pages. */
export const PAGE = ['after', 'limit'] as const;

export const LIBRARY = '/libraries/{library}';
export const BRANCH = `${LIBRARY}/branches/{branch}`;

/** A line of the table. */
export function row(
	method: Route['method'],
	path: string,
	id: string,
	summary: string,
	who: For,
	body: string | null,
	answer: Route['answer'],
	handle: Route['handle'],
	query?: readonly string[],
): Route {
	const permission = permissionFor(who, { reads: method === 'get', ofBranch: isOfBranch(path) });
	return {
		method,
		path,
		id,
		summary,
		permission,
		open: false,
		body,
		answer,
		handle,
		...(query ? { query } : {}),
	};
}

/** The same line, for an act that asks somebody outside before it writes. */
export function apart(route: Route): Route {
	return { ...route, apart: true };
}

/** A line for everybody, without a token; what it does must need nobody to stand for it. */
export function openRow(
	path: string,
	id: string,
	summary: string,
	body: string,
	answer: Route['answer'],
	handle: Route['handle'],
): Route {
	return { method: 'post', path, id, summary, permission: 'find', open: true, body, answer, handle };
}

/** May it change anything? What only says what another would do is in no audit, and needs no Idempotency-Key. */
export function isAct({ method, id }: Pick<Route, 'method' | 'id'>): boolean {
	return method !== 'get' && id !== 'plan';
}

/** Is what lies at a path one branch's? */
export function isOfBranch(path: string): boolean {
	return path.startsWith(BRANCH);
}

function permissionFor(who: For, { reads, ofBranch }: { reads: boolean; ofBranch: boolean }): Permission {
	switch (who) {
		case 'everybody':
			return 'find';
		case 'lookers':
			return ofBranch ? 'look_at_branch' : 'look';
		case 'branch leads':
			return 'set_branch';
		case 'library IT':
			return reads ? 'inspect' : 'keep_library';
		case 'the platform':
			return reads ? 'inspect_platform' : 'keep_platform';
		default:
			return unreachable(who);
	}
}
