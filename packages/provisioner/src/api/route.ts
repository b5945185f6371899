import type { ApiRole } from '../store/access.ts';
import type { ApiRequest, ApiResponse } from './exchange.ts';

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

/** Who may look. */
export const LOOK: readonly ApiRole[] = ['platform_admin', 'library_it', 'reader'];
/** Who may change what is a library's. */
export const IT: readonly ApiRole[] = ['platform_admin', 'library_it'];
/** Who may do what concerns the platform. */
export const ADMIN: readonly ApiRole[] = ['platform_admin'];
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
	roles: Route['roles'],
	body: string | null,
	answer: Route['answer'],
	handle: Route['handle'],
	query?: readonly string[],
): Route {
	return { method, path, id, summary, roles, body, answer, handle, ...(query ? { query } : {}) };
}
