import { NotAllowed } from '@understory/core/errors.ts';
import { unseal } from '@understory/core/seal.ts';
import { type RequestHandler, Router } from 'express';
import type { Context } from '../context.ts';
import { endSignIn } from '../signing-in/ending.ts';
import { type CardForm, showEnded } from './card-form.ts';
import { aboutNotMe } from './let-in.ts';
import type { SiteOf } from './site.ts';
import { visitOf } from './visit.ts';

/** The answer to "It was not me" on the page after the card page: what came out of those sign-ins ends at once, here and at every branch. */
export function notMeRoutes(
	context: Context,
	siteOf: SiteOf,
	{ form, slowly }: { form: CardForm; slowly: RequestHandler },
): Router {
	const router = Router();
	router.post('/sign-in/:uid/not-me', slowly, ...form.body, async (request, response) => {
		const visit = await visitOf(siteOf, request, response);
		if (!visit) return showEnded(form, request, response);
		const { which } = request.body as { which?: unknown };
		const { account, ids } = named(context, visit.library.id, visit.details.uid, which);
		for (const id of ids) await endSignIn(context, visit, { account, id });
		const data = { branch: visit.branch, next: visit.details.returnTo };
		form.show(request, response, { view: 'card/not-me', title: 'account.news.ended', data });
	});
	return router;
}

function named(
	context: Context,
	library: string,
	uid: string,
	which: unknown,
): { account: string; ids: string[] } {
	try {
		const text = unseal(context.keysOf(library).seal, aboutNotMe(uid), String(which));
		return JSON.parse(text) as { account: string; ids: string[] };
	} catch (cause) {
		throw new NotAllowed('This page is not the one that was shown. Sign in once more.', 'csrf', { cause });
	}
}
