import { createHash } from 'node:crypto';
import { dateIn } from '@understory/core/calendar.ts';
import { NotAllowed, NotSignedIn } from '@understory/core/errors.ts';
import { jsonBody } from '@understory/http/app.ts';
import { limitRequests } from '@understory/http/limits.ts';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import { refusalOf } from '../access/permissions.ts';
import type { Context } from '../context.ts';
import { type ActLine, asOne } from '../services/as-one.ts';
import type { Services } from '../services/services.ts';
import { endsSoon } from '../services/tokens.ts';
import { findToken, markUsed, type TokenRow } from '../store/access.ts';
import { big } from '../store/rows.ts';
import { type CheckBody, createBodyChecker } from './body-checker.ts';
import type { ApiRequest, ApiResponse } from './exchange.ts';
import { createFinder } from './find-route.ts';
import { type KeepAnswer, once } from './idempotency.ts';
import { openApiDocument } from './openapi.ts';
import { isAct, isOfBranch, type Route } from './route.ts';
import { routes } from './routes.ts';
import { servicesInside } from './services-inside.ts';

/** `/api/v1`: authenticate, check the body, run the route once for each Idempotency-Key, answer. */
export function createApi(context: Context, services: Services): Router {
	const router = Router({ caseSensitive: true, strict: true });
	const check = createBodyChecker();
	const seldom = limitRequests({ clock: context.clock, perMinute: 60, burst: 60 });
	const document = openApiDocument(context.addresses.console);
	router.get('/openapi.json', (_request, response) => {
		response.json(document);
	});
	const find = createFinder(routes, { checkOf: (route) => checkOf(route, check), admit });
	for (const route of routes) {
		// Express 5 reads `:` as the start of a parameter, so the colon of a custom method is escaped.
		const path = route.path.replace(/:(?=\w)/g, '\\:').replace(/\{(\w+)\}/g, ':$1');
		const body: RequestHandler[] = route.body && route.body !== 'csv' ? [jsonBody()] : [];
		router[route.method](
			path,
			...(route.open ? [seldom, asNobody] : [authenticate(context, route)]),
			...body,
			answer(context, services, { route, check: checkOf(route, check), find }),
		);
	}
	return router;
}

/** Whoever sends no token reaches nothing; a route that is open asks nothing of it. */
const asNobody: RequestHandler = (_request, response, next) => {
	const token: TokenRow = {
		...{
			id: 'nobody',
			hash: '',
			name: 'nobody',
			kind: 'token',
			role: 'reader',
			library: 'none',
			branches: [],
		},
		...{ expires: null, created: '0', made_by: null, used_on: null, console_grant: null },
	};
	response.locals.token = token;
	next();
};

function authenticate(context: Context, route: Route): RequestHandler {
	return async (request, response, next) => {
		const given = /^Bearer ([\w-]{20,200})$/.exec(request.headers.authorization ?? '')?.[1];
		if (!given) throw new NotSignedIn('Send an API token: Authorization: Bearer …');
		const now = context.clock.now();
		const token = await findToken(context.database, given, now);
		if (!token) throw new NotSignedIn('This API token is not known, or its time is over.');
		await markUsed(context.database, token, dateIn('UTC', now));
		if (endsSoon(token, now)) response.setHeader('understory-token-ends', dateIn('UTC', big(token.expires!)));
		admit(token, route);
		response.locals.token = token;
		next();
	};
}

/** Throws `NotAllowed` for a token that may not use a line of the table. */
function admit(token: TokenRow, route: Route): void {
	const refusal = refusalOf(token, { ...route, ofBranch: isOfBranch(route.path) });
	if (refusal) throw new NotAllowed(refusal);
}

/** A file is checked while it is read, and what takes no body has nothing to check. */
function checkOf(route: Route, check: (schema: string) => CheckBody): CheckBody {
	return route.body && route.body !== 'csv' ? check(route.body) : () => undefined;
}

function answer(
	context: Context,
	services: Services,
	{ route, check, find }: { route: Route; check: CheckBody; find: ApiRequest['find'] },
): RequestHandler {
	return async (request, response) => {
		check(request.body);
		const token = response.locals.token as TokenRow;
		const run = async (id: string, keep: KeepAnswer) => {
			const asked: ApiRequest = {
				context,
				services,
				token,
				id,
				params: request.params as Record<string, string>,
				query: request.query as Record<string, string | undefined>,
				body: request.body,
				stream: request,
				find,
				asOne: (work) => act(context, services, { line, work, keep }),
			};
			const line = { actor: token.name, act: route.id, subject: request.path };
			return !isAct(route) || route.open || route.apart
				? route.handle(asked)
				: asked.asOne((inside) => route.handle({ ...asked, ...inside, asOne: (work) => work(inside) }));
		};
		const key = request.headers['idempotency-key'];
		const keyed =
			route.method === 'post' &&
			isAct(route) &&
			!route.open &&
			typeof key === 'string' &&
			route.body !== 'csv';
		const outcome = keyed
			? await once(context, { key, token: token.id, url: request.originalUrl, body: request.body }, run)
			: await run(context.randomId(), async () => undefined);
		send(request, response, route, outcome);
	};
}

/** Carries out what an act writes as one transaction: its line of the audit and the answer kept for its key with it. Then begins what it sets in motion. */
async function act(
	context: Context,
	services: Services,
	{ line, work, keep }: { line: ActLine; work: Parameters<ApiRequest['asOne']>[0]; keep: KeepAnswer },
): Promise<ApiResponse> {
	const { outcome, begin } = await asOne(context, line, async (inside) => {
		const { services: within, begin } = servicesInside(inside, services);
		const outcome = await work({ context: inside, services: within });
		await keep(inside.database, outcome);
		return { outcome, begin };
	});
	await begin();
	return outcome;
}

function send(request: Request, response: Response, route: Route, outcome: ApiResponse): void {
	response.setHeader('cache-control', 'no-store');
	if (outcome.location) response.setHeader('location', outcome.location);
	if (outcome.next) response.setHeader('link', `<${outcome.next}>; rel="next"`);
	if (route.method === 'get' && outcome.body !== undefined) {
		// Of the text: what is signed has whole numbers only, and money has hundredths.
		const digest = createHash('sha256').update(JSON.stringify(outcome.body)).digest('hex');
		const etag = `"${digest.slice(0, 24)}"`;
		response.setHeader('etag', etag);
		if (request.headers['if-none-match'] === etag) {
			response.status(304).end();
			return;
		}
	}
	if (outcome.body === undefined) response.status(route.answer[0]).end();
	else response.status(route.answer[0]).json(outcome.body);
}
