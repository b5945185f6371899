import { type Request, Router } from 'express';
import type { Context } from '../context.ts';
import { routesSince, routesVersion } from '../routes/publish.ts';
import type { Services } from '../services/services.ts';
import { secondsToWait, waitForVersion } from './waiting.ts';

/**
 * `GET /internal/v1/routes?since=VERSION`: the routing table for an edge, as a signed delta to the version it has or, without one and for a version that
 * nobody knows, as a signed snapshot. With `wait` (seconds) it is answered when there is something new, and 304 when there is not.
 */
export function createRoutesApi(
	context: Context,
	services: Services,
	authenticate: (request: Request) => Promise<unknown>,
): Router {
	const router = Router();
	router.get('/', async (request, response) => {
		await authenticate(request);
		const { since } = request.query;
		const has = typeof since === 'string' ? since : null;
		// Listening begins before the first look, so that nothing is published unheard in between.
		const waiting = waitForVersion(services, request, 'routes');
		try {
			let version = await routesVersion(context);
			const wait = secondsToWait(request);
			if (has === version && wait > 0) {
				await waiting.atMost(wait);
				version = await routesVersion(context);
			}
			response.setHeader('cache-control', 'no-store');
			response.setHeader('etag', `"${version}"`);
			if (has === version) return void response.status(304).end();
			const document = await routesSince(context, has);
			response.setHeader('etag', `"${document.version}"`);
			response.json(document);
		} finally {
			waiting.end();
		}
	});
	return router;
}
