import { Malformed, toPublicError } from '@understory/core/errors.ts';
import type { RequestHandler } from 'express';
import { endCardSessions, takeLogoutToken } from '../store/sessions.ts';
import type { Web } from './web.ts';

/**
 * The card issuer says that somebody signed out at another place: their session here ends too (OpenID Connect Back-Channel Logout 1.0). Asked by
 * a server, so there is no cookie and no form token; the signed token is all that counts. A token that came before is refused, so that an old one
 * ends no later session.
 */
export function endedElsewhere(web: Web): RequestHandler {
	const { store, log } = web.context;
	return async (request, response) => {
		response.setHeader('cache-control', 'no-store');
		try {
			const { logout_token: token } = (request.body ?? {}) as { logout_token?: unknown };
			if (typeof token !== 'string') throw new Malformed('A logout token is missing.');
			const signIn = await web.signIn();
			const { jti, expires, which } = await signIn.ended(token);
			const ended = store.transact((writing) =>
				takeLogoutToken(writing, jti, expires) ? endCardSessions(writing, which) : null,
			);
			if (ended === null) throw new Malformed('This logout token came before.');
			log.info('ended_elsewhere', { count: ended });
			response.status(200).end();
		} catch (error) {
			const { status, message } = toPublicError(error);
			// A 5xx makes the issuer tell us again.
			log.warn('logout_token_refused', { status, error });
			const body = { error: status < 500 ? 'invalid_request' : 'server_error', error_description: message };
			response.status(status).json(body);
		}
	};
}
