import { Router } from 'express';
import type { Context } from '../context.ts';
import type { CardPage, Trouble } from './card-form.ts';
import type { YouParts } from './you-parts.ts';

const PATH = '/you/card';

/** Adding another card to the account somebody is signed in to: the one that replaced theirs, or one more (reference/library-sso.md 7.4). */
export function youCardRoutes(context: Context, { form, page, act, show, csrf }: YouParts): Router {
	const router = Router();
	const shown: CardPage = { view: 'card/you-card', title: 'account.you.card' };

	router.get(
		PATH,
		page(async (request, response, own) =>
			show(request, response, own, { ...shown, data: { full: own.you.standing === 'full' } }),
		),
	);

	router.post(
		PATH,
		...act(async (request, response, own) => {
			const { library, you } = own;
			const sent = form.read(request, response);
			const checked = await context.cards(library, { ...sent.given, code: '', holder: you.account.id });
			if (checked.outcome === 'ok') return response.redirect(303, '/you');
			const trouble: Trouble = checked;
			form.again(request, response, {
				page: { ...shown, data: { full: true, csrf: csrf(own) } },
				sent,
				trouble,
			});
		}),
	);
	return router;
}
