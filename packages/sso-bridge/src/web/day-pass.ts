import { NotFound, toPublicError } from '@understory/core/errors.ts';
import { type RequestHandler, Router } from 'express';
import type { Context } from '../context.ts';
import { createPassTaker } from '../porch/by-pass.ts';
import { type CardForm, showEnded, type Trouble } from './card-form.ts';
import { letIn } from './let-in.ts';
import type { SiteOf } from './site.ts';
import { leadingTo, visitOf } from './visit.ts';
import { visitOfForm } from './visit-of-form.ts';

/** The way in of a newcomer on a day on which the catalogue is dead: a pass from the desk, to a branch and to nowhere else. */
export function dayPassRoutes(
	context: Context,
	siteOf: SiteOf,
	{ form, slowly }: { form: CardForm; slowly: RequestHandler },
): Router {
	const router = Router();
	const take = createPassTaker(context);
	const page = { view: 'card/day-pass', title: 'desk.pass.title' };

	router.get('/sign-in/:uid/day-pass', async (request, response) => {
		const visit = await visitOf(siteOf, request, response);
		if (!visit) return showEnded(form, request, response);
		if (!visit.at.branch) throw new NotFound();
		form.show(request, response, { ...page, ...leadingTo(visit) });
	});

	router.post('/sign-in/:uid/day-pass', slowly, ...form.body, async (request, response) => {
		const sent = form.read(request, response);
		const visit = await visitOfForm({ context, siteOf, form }, { request, response }, { page, sent });
		if (!visit) return;
		if (!visit.at.branch) throw new NotFound();
		const again = (trouble: Trouble) =>
			form.again(request, response, { page: { ...page, ...leadingTo(visit) }, sent, trouble });
		try {
			const passed = await take(visit.library, { code: sent.given.code ?? '', caller: sent.given.caller! });
			if (passed.outcome !== 'ok') return again(passed);
			const { account, goodUntil } = passed;
			const coming = { account, way: 'day_pass', obstacle: null, endedOn: null, porchOnly: false } as const;
			await letIn(context, form, { request, response }, visit, { ...coming, code: 'first', goodUntil });
		} catch (error) {
			if (toPublicError(error).status < 500) throw error;
			context.log.error('sign_in_failed', { library: visit.library.slug, error });
			again({ outcome: 'ours' });
		}
	});
	return router;
}
