import { isDeepStrictEqual } from 'node:util';
import { Conflict, NotAllowed, NotFound } from '@understory/core/errors.ts';
import type { TokenRow } from '../store/access.ts';
import { findOperation } from '../store/operations.ts';
import type { ApiRequest, ApiResponse, FoundRoute } from './exchange.ts';
import { changesBetween, type PlannedChange } from './planned-changes.ts';
import { rehearsalContext, rehearsalServices } from './rehearsal.ts';

/** Thrown when a rehearsal has come to its end, so that everything it wrote is taken back. */
class TakenBack extends Error {}

/** A plan names no more changes than these. */
const MOST_CHANGES = 200;

/**
 * Says what a request would do and does nothing: it is carried out as it would be, in a transaction that is taken back at its end. So a plan is refused for what
 * the request would be refused for, in the same sentence, and promises nothing that the request does not do. Changes are told in the words of the API: what
 * its own GETs at that address and above it answer before and after. It is in no audit and takes no Idempotency-Key. Throws `NotFound` for what is no route,
 * `NotAllowed` for what the token may not do, `Conflict` with the code `no_plan` for what would leave this process and so cannot be taken back.
 */
export async function plan(request: ApiRequest): Promise<ApiResponse> {
	const { method, path, body } = request.body as { method: string; path: string; body?: unknown };
	const found = request.find(method.toLowerCase(), path);
	if (!found || found.method === 'get' || found.handle === plan)
		throw new NotFound('There is nothing to plan at this address.');
	found.admit(request.token);
	if (found.body === 'csv') throw new Conflict('A file has a preview of its own.', 'no_plan');
	found.check(body);
	const { changes, operation, isLong } = await rehearse(
		{ ...request, body, params: found.params, query: {} },
		found,
		path,
	);
	return {
		body: {
			would: found.summary,
			operation,
			changes: changes.slice(0, MOST_CHANGES),
			more: isLong || changes.length > MOST_CHANGES,
		},
	};
}

async function rehearse(
	request: ApiRequest,
	route: FoundRoute,
	path: string,
): Promise<{ changes: PlannedChange[]; operation: string | null; isLong: boolean }> {
	const views = viewsOf(request, path);
	let changes: PlannedChange[] = [];
	const told: PlannedChange[] = [];
	let operation: string | null = null;
	let isLong = false;
	await request.context.database
		.transaction(async (transaction) => {
			const context = rehearsalContext(request.context, transaction, (change) => told.push(change));
			const inside = { context, services: rehearsalServices(context) };
			const silent: ApiRequest = { ...request, ...inside, asOne: (work) => work(inside) };
			const before = await lookAll(silent, views);
			await route.handle(silent);
			const after = await lookAll(silent, views);
			changes = [...views.flatMap((_, at) => changesBetween(before[at]!.body, after[at]!.body)), ...told];
			isLong = [...before, ...after].some(({ next }) => next !== undefined);
			operation = (await findOperation(transaction, request.id))?.kind ?? null;
			throw new TakenBack();
		})
		.catch((error: unknown) => {
			if (!(error instanceof TakenBack)) throw error;
		});
	return {
		changes: changes.filter((one, at) => changes.findIndex((other) => isDeepStrictEqual(one, other)) === at),
		operation,
		isLong,
	};
}

/** What can be looked at, at this address and above it, by whoever asks; of a library that brings up its branches those as well. */
function viewsOf({ find, token }: ApiRequest, path: string): FoundRoute[] {
	const parts = path.split('/').filter(Boolean);
	const above = parts.map((_, at) => `/${parts.slice(0, parts.length - at).join('/')}`);
	if (/^\/libraries\/[^/]+\/operations$/.test(path)) above.push(path.replace(/operations$/, 'branches'));
	return above
		.map((one) => find('get', one))
		.filter((route) => route !== null)
		.filter((route) => isAdmitted(route, token))
		.slice(0, 2);
}

function isAdmitted(route: FoundRoute, token: TokenRow): boolean {
	try {
		route.admit(token);
		return true;
	} catch (error) {
		if (error instanceof NotAllowed) return false;
		throw error;
	}
}

async function lookAll(request: ApiRequest, views: readonly FoundRoute[]): Promise<ApiResponse[]> {
	const seen: ApiResponse[] = [];
	for (const view of views) {
		const asked = {
			...request,
			params: view.params,
			query: view.paged ? { limit: '200' } : {},
			body: undefined,
		};
		// What a request makes is not there before it.
		const found = await view.handle(asked).catch((error: unknown): ApiResponse => {
			if (error instanceof NotFound) return { body: {} };
			throw error;
		});
		seen.push(found);
	}
	return seen;
}
