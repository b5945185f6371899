import { createHmac, type KeyObject, timingSafeEqual } from 'node:crypto';
import { NotAllowed } from '@understory/core/errors.ts';
import type { RequestHandler } from 'express';

const SENTENCE =
	'This form has expired or was sent from another site. Go back, load the page again, and send it once more.';

/** A token that only pages of this session can hold; a keyed hash, so nothing is stored. A `KeyObject` costs a sixth of a Buffer. */
export function csrfToken(key: Buffer | KeyObject, sessionId: string): string {
	return createHmac('sha256', key).update(`csrf\n${sessionId}`).digest('base64url');
}

/**
 * Refuses what changes something unless it comes from this origin and carries the session's token as `_csrf` (DESIGN 5.6: branches
 * of one library are same-site, so the cookie's SameSite alone is no wall). A browser that says itself that the form came from another
 * site is believed. Mount behind body and session; without a session everything is refused, since there is nobody to bind a token to. Forms that
 * `anybody` may send are told apart by their path: they do nothing in anybody's name, so they need no session and no token, and are held to the rest.
 */
export function requireSameOrigin(options: {
	key: Buffer | KeyObject;
	origin: (host: string) => string | null;
	anybody?: readonly string[];
}): RequestHandler {
	return (request, _response, next) => {
		if (request.method === 'GET' || request.method === 'HEAD' || request.method === 'OPTIONS') return next();
		const own = options.origin(request.headers.host ?? '');
		const sent = request.headers.origin ?? refererOrigin(request.headers.referer);
		if (own === null || (sent !== undefined && sent !== own)) throw new NotAllowed(SENTENCE, 'csrf');
		const site = request.headers['sec-fetch-site'];
		if (site === 'cross-site' || site === 'same-site') throw new NotAllowed(SENTENCE, 'csrf');
		if (options.anybody?.includes(request.path)) return next();
		if (typeof request.sessionID !== 'string') throw new NotAllowed(SENTENCE, 'csrf');
		const expected = Buffer.from(csrfToken(options.key, request.sessionID));
		const given = Buffer.from(String((request.body as { _csrf?: unknown } | undefined)?._csrf ?? ''));
		if (given.length !== expected.length || !timingSafeEqual(given, expected))
			throw new NotAllowed(SENTENCE, 'csrf');
		next();
	};
}

function refererOrigin(referer: string | undefined): string | undefined {
	return referer && URL.canParse(referer) ? new URL(referer).origin : undefined;
}
