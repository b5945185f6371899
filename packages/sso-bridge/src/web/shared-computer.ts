import type { LibraryRecord } from '@understory/core/register.ts';
import { type Request, type Response, Router } from 'express';
import type { CardForm } from './card-form.ts';
import type { SiteOf } from './site.ts';

const COOKIE = 'shared_computer';
const YEAR_MS = 365 * 86_400_000;

/** Was this browser marked as one that many people use? */
export function isMarked(request: Request): boolean {
	return /(?:^|;\s*)shared_computer=1(?:;|$)/.test(request.headers.cookie ?? '');
}

/** Does somebody sign in at a computer that others use too? Because it is marked, or because they say so themselves. */
export function isShared(request: Request): boolean {
	return isMarked(request) || saysShared(request);
}

/** What the box on the card page says. */
export function saysShared(request: Request): boolean {
	return (request.body as { shared?: unknown } | undefined)?.shared === 'yes';
}

/**
 * The page that marks a browser (ADR 0039). It is meant as the start page of the computers of a library, which forget everything at night, so
 * opening it is enough; `?to=<branch>` leads on to that branch at once. What a stranger's link to it can do is to make sign-ins shorter.
 */
export function sharedComputerRoutes(siteOf: SiteOf, form: CardForm): Router {
	const router = Router();

	router.get('/shared-computer', (request, response) => {
		const { library, branches } = siteOf(response);
		mark(response, library);
		const open = branches.filter(({ stage }) => stage === 'open');
		const to = open.find(({ slug }) => slug === request.query.to);
		if (to) return response.redirect(303, `${to.origin}/`);
		form.show(request, response, {
			view: 'card/shared-computer',
			title: 'shared.title',
			data: { branches: open, address: `${library.card_origin}/shared-computer` },
		});
	});

	router.post('/shared-computer', ...form.body, (request, response) => {
		response.clearCookie(COOKIE, { path: '/' });
		form.show(request, response, {
			view: 'card/message',
			title: 'shared.own.title',
			data: { title: 'shared.own.title', lead: 'shared.own.lead' },
		});
	});
	return router;
}

function mark(response: Response, library: LibraryRecord): void {
	response.cookie(COOKIE, '1', {
		path: '/',
		httpOnly: true,
		sameSite: 'lax',
		secure: library.card_origin.startsWith('https:'),
		maxAge: YEAR_MS,
	});
}
