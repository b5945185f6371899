import { createApp, finish } from '@understory/http/app.ts';
import { parseHost } from '@understory/http/host.ts';
import type { Express, Response } from 'express';
import type { Context } from '../context.ts';
import type { Issuers } from '../openid/issuers.ts';
import { createCardForm } from './card-form.ts';
import { deskRoutes } from './desk.ts';
import { cardErrorPage } from './error-page.ts';
import { listRoutes } from './list-upload.ts';
import { panelRoutes } from './panel.ts';
import { restrictionRoutes } from './restrictions.ts';
import { signInRoutes } from './sign-in.ts';
import type { Site } from './site.ts';
import { youRoutes } from './you.ts';

/** What oidc-provider answers, by method. Everything else is ours, also to say that there is nothing. */
const OPENID: Readonly<Record<string, RegExp>> = {
	GET: /^\/(?:auth(?:\/[^/]+)?|me|jwks|session\/end(?:\/success)?|\.well-known\/(?:openid-configuration|oauth-authorization-server))$/,
	POST: /^\/(?:token|me|session\/end\/confirm)$/,
	OPTIONS: /^\/(?:token|me|jwks|\.well-known\/(?:openid-configuration|oauth-authorization-server))$/,
};

/** The card site of every library: the host of a request says whose. */
export function cardApp(context: Context, issuers: Issuers, trustProxy: readonly string[]): Express {
	const { log, design } = context;
	const app = createApp({ log, files: design.files, trustProxy });
	const siteOf = (response: Response) => response.locals.site as Site;

	app.use(async (request, response, next) => {
		// What was withdrawn is gone from here at once, whichever process did it.
		const keysNow = request.path === '/jwks';
		const site = await issuers.siteOf(parseHost(request.headers.host)?.host, { keysNow });
		response.locals.site = site;
		// Cookies are Secure because of the library's address, and not because a proxy remembered to say so.
		if (site.library.card_origin.startsWith('https:')) request.headers['x-forwarded-proto'] = 'https';
		next();
	});
	app.get(context.passkeyScript.path, (_request, response) => {
		response.setHeader('cache-control', 'public, max-age=31536000, immutable');
		response.type('text/javascript; charset=utf-8').send(context.passkeyScript.body);
	});
	app.get('/', (_request, response) => {
		const { branches, library } = siteOf(response);
		const open = branches.find((branch) => branch.stage === 'open');
		response.redirect(303, open ? `${open.origin}/` : library.accountability_origin);
	});
	app.use(listRoutes(context, siteOf));
	const form = createCardForm(context, siteOf);
	app.use(signInRoutes(context, siteOf, form));
	app.use(youRoutes(context, siteOf, form));
	app.use(deskRoutes(context, siteOf, form));
	app.use(panelRoutes(context, siteOf, form));
	app.use(restrictionRoutes(context, siteOf, form));
	app.use((request, response, next) => {
		const method = request.method === 'HEAD' ? 'GET' : request.method;
		if (!OPENID[method]?.test(request.path)) return next();
		return siteOf(response).provider.callback()(request, response);
	});
	return finish(app, { log, page: cardErrorPage(context) });
}
