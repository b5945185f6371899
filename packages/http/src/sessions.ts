import type { RequestHandler } from 'express';
import session, { type Store } from 'express-session';

/**
 * Sessions in a store of the role's own. The cookie is host-only and never has a Domain (DESIGN 5.6); on https it carries the
 * `__Host-` prefix, which makes the browser insist on that. Nothing is stored before there is something to remember.
 */
export function sessions(options: {
	name: string;
	store: Store;
	/** The current secret first, older ones after it. */
	secrets: readonly string[];
	secure: boolean;
	maxAgeMilliseconds: number;
}): RequestHandler {
	const run = session({
		name: options.secure ? `__Host-${options.name}` : options.name,
		store: options.store,
		secret: [...options.secrets],
		resave: false,
		saveUninitialized: false,
		rolling: false,
		...(options.secure ? { proxy: true } : {}),
		cookie: {
			httpOnly: true,
			sameSite: 'lax',
			secure: options.secure,
			path: '/',
			maxAge: options.maxAgeMilliseconds,
		},
	});
	if (!options.secure) return run;
	return (request, response, next) => {
		// Cookies are Secure because of the site's own address, and not because a proxy remembered to say so.
		request.headers['x-forwarded-proto'] = 'https';
		run(request, response, next);
	};
}
