import { toPublicError } from '@understory/core/errors.ts';
import { type RequestHandler, Router } from 'express';
import type { Context } from '../context.ts';
import { createCodeProver } from '../porch/by-code.ts';
import { type CardForm, showEnded, type Trouble } from './card-form.ts';
import { letIn } from './let-in.ts';
import type { SiteOf } from './site.ts';
import { leadingTo, visitOf } from './visit.ts';
import { visitOfForm } from './visit-of-form.ts';

/**
 * The ways in for whoever cannot come in by card: proof of who they were, which opens the porch of the branch and no more (DESIGN section 2). Asks no
 * catalogue.
 */
export function porchRoutes(
	context: Context,
	siteOf: SiteOf,
	{ form, slowly }: { form: CardForm; slowly: RequestHandler },
): Router {
	const router = Router();
	const prove = createCodeProver(context);
	const page = { view: 'card/porch', title: 'account.porch.title' };

	router.get('/sign-in/:uid/porch', async (request, response) => {
		const visit = await visitOf(siteOf, request, response);
		if (!visit) return showEnded(form, request, response);
		form.show(request, response, { ...page, ...leadingTo(visit) });
	});

	router.post('/sign-in/:uid/porch', slowly, ...form.body, async (request, response) => {
		const sent = form.read(request, response);
		const visit = await visitOfForm({ context, siteOf, form }, { request, response }, { page, sent });
		if (!visit) return;
		const again = (trouble: Trouble) =>
			form.again(request, response, { page: { ...page, ...leadingTo(visit) }, sent, trouble });
		try {
			const proved = await prove(visit.library, { code: sent.given.code ?? '', caller: sent.given.caller! });
			if (proved.outcome !== 'ok') return again(proved);
			const { account, way } = proved;
			const code = way === 'recovery_code' ? 'next' : null;
			const coming = { account, way, obstacle: null, endedOn: null, porchOnly: true, code } as const;
			await letIn(context, form, { request, response }, visit, coming);
		} catch (error) {
			if (toPublicError(error).status < 500) throw error;
			context.log.error('sign_in_failed', { library: visit.library.slug, error });
			again({ outcome: 'ours' });
		}
	});
	return router;
}
