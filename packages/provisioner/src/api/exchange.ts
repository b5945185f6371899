import type { IncomingMessage } from 'node:http';
import { BadInput, NotAllowed, NotFound } from '@understory/core/errors.ts';
import { reaches } from '../access/permissions.ts';
import type { Context } from '../context.ts';
import type { Services } from '../services/services.ts';
import type { TokenRow } from '../store/access.ts';
import { findBranch } from '../store/branches.ts';
import { findLibrary } from '../store/libraries.ts';
import type { BranchRow, LibraryRow } from '../store/rows.ts';

/** What a handler gets: already authenticated, the body already checked against its schema. */
export interface ApiRequest {
	readonly context: Context;
	readonly services: Services;
	readonly token: TokenRow;
	/** The id of what this request makes: the same when it is sent again with its Idempotency-Key. */
	readonly id: string;
	readonly params: Readonly<Record<string, string>>;
	readonly query: Readonly<Record<string, string | undefined>>;
	readonly body: unknown;
	/** The body as it comes, for files. */
	readonly stream: IncomingMessage;
	/**
	 * Of an act that asks somebody outside first: carries out what it writes as one, with the line that says who did it. Everything else is inside of one from the beginning.
	 */
	asOne(
		work: (inside: Pick<ApiRequest, 'context' | 'services'>) => Promise<ApiResponse>,
	): Promise<ApiResponse>;
	/** A line of the API by its method and its path under `/api/v1`, as the router finds it; null when there is none that asks for a token. */
	find(method: string, path: string): FoundRoute | null;
}

/** A line of the API, found by an address. */
export interface FoundRoute {
	readonly method: string;
	readonly summary: string;
	/** As in the table: the name of a schema, `csv` or null. */
	readonly body: string | null;
	/** Whether it answers in pages. */
	readonly paged: boolean;
	readonly params: Readonly<Record<string, string>>;
	/** Throws when a body does not fit. */
	check(body: unknown): void;
	/** Throws `NotAllowed` for a token that may not use it. */
	admit(token: TokenRow): void;
	readonly handle: (request: ApiRequest) => Promise<ApiResponse>;
}

export interface ApiResponse {
	readonly body?: object;
	readonly location?: string;
	/** Address of the next page. */
	readonly next?: string;
}

/** The library of the path. Of a library that is not the token's, the answer is the same as for none. */
export async function libraryOf({ context, token, params }: ApiRequest): Promise<LibraryRow> {
	const library = await findLibrary(context.database, params.library ?? '');
	if (!library || (token.library !== null && token.library !== library.id)) {
		throw new NotFound(`There is no library "${params.library}".`);
	}
	return library;
}

/** The branch of the path. Of one that the token does not reach, the answer is the same as for none. */
export async function branchOf(request: ApiRequest): Promise<{ library: LibraryRow; branch: BranchRow }> {
	const library = await libraryOf(request);
	const branch = await findBranch(request.context.database, library.id, request.params.branch ?? '');
	if (!branch || !reaches(request.token, branch))
		throw new NotFound(`${library.name} has no branch "${request.params.branch}".`);
	return { library, branch };
}

/** `?limit=` (at most 200, 50 when not said) and `?after=`. */
export function pageOf({ query }: ApiRequest, most = 200, usual = 50): { after?: string; limit: number } {
	const limit = query.limit === undefined ? usual : Number(query.limit);
	if (!Number.isInteger(limit) || limit < 1 || limit > most) {
		throw new BadInput('The page cannot be that long.', [{ field: 'limit', text: `Between 1 and ${most}.` }]);
	}
	return { limit, ...(query.after ? { after: query.after } : {}) };
}

/** For what concerns the whole platform. */
export function refuseLibraryTokens({ token }: ApiRequest): void {
	if (token.library !== null) throw new NotAllowed('This token is for one library only.');
}
