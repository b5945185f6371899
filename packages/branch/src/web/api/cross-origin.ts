import type { RequestHandler } from 'express';

/** What an app on a page elsewhere may read of an answer; Mastodon's list. */
const SHOWN = 'Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id';
const METHODS = 'GET, POST, PUT, PATCH, DELETE, OPTIONS';
/** For how long a browser remembers what it was told, in seconds. */
const REMEMBERED = '7200';

/**
 * Lets pages of any origin call the API (Fetch, CORS protocol), as Mastodon does: an app brings its own token. Cookies are never let through
 * with it (`Access-Control-Allow-Credentials` is not said), so no page elsewhere acts as whoever is signed in here.
 */
export function crossOrigin(): RequestHandler {
	return (request, response, next) => {
		response.setHeader('access-control-allow-origin', '*');
		response.setHeader('access-control-expose-headers', SHOWN);
		if (request.method !== 'OPTIONS') return next();
		const asked = request.headers['access-control-request-headers'];
		response.setHeader('access-control-allow-methods', METHODS);
		response.setHeader('access-control-max-age', REMEMBERED);
		if (asked !== undefined) response.setHeader('access-control-allow-headers', asked);
		response.status(204).end();
	};
}
