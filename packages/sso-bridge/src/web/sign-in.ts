import { toPublicError } from '@understory/core/errors.ts';
import { limitRequests } from '@understory/http/limits.ts';
import { Router } from 'express';
import type { Admitted } from '../card/check-card.ts';
import type { Context } from '../context.ts';
import { newCodeFor } from '../recovery/recovery-code.ts';
import { arrive } from '../signing-in/arrive.ts';
import { agreeRoutes } from './agree.ts';
import { createCardForm, noonOf, showEnded, type Trouble } from './card-form.ts';
import { invitationRoutes } from './invitation.ts';
import { porchRoutes } from './porch.ts';
import { sharedComputerRoutes } from './shared-computer.ts';
import type { SiteOf } from './site.ts';
import { leadingTo, visitOf } from './visit.ts';

/** The card page: shown by an issuer to whoever is not signed in there, and the way back to the branch that asked. */
export function signInRoutes(context: Context, siteOf: SiteOf): Router {
	const router = Router();
	const form = createCardForm(context, siteOf);
	const slowly = limitRequests({ clock: context.clock, perMinute: 120, burst: 60 });

	router.get('/sign-in/:uid', async (request, response) => {
		const visit = await visitOf(siteOf, request, response);
		if (!visit) return showEnded(form, request, response);
		form.show(request, response, { view: 'card/sign-in', title: 'card.title', ...leadingTo(visit) });
	});

	router.post('/sign-in/:uid', slowly, ...form.body, async (request, response) => {
		const visit = await visitOf(siteOf, request, response);
		if (!visit) return showEnded(form, request, response);
		const sent = form.read(request, response);
		const page = { view: 'card/sign-in', title: 'card.title_error', ...leadingTo(visit) };
		const again = (trouble: Trouble) => form.again(request, response, { page, sent, trouble });
		try {
			const checked = await context.cards(visit.library, sent.given);
			if (checked.outcome !== 'ok') return again(checked);
			const { account, obstacle } = checked;
			const standing = obstacle === null ? 'full' : 'porch';
			const next = await arrive(context, visit, { request, response }, { account, way: 'card', standing });
			const code = needsCode(checked) ? await newCodeFor(context, visit.library, account.id) : null;
			const { branch } = visit;
			// A server that is no branch has no porch to go on to; the page after this one says so.
			if ((obstacle === null || branch.foreign) && code === null) return response.redirect(303, next);
			if (obstacle === null || branch.foreign) {
				const data = { branch, next, code, used: checked.by === 'recovery_code' };
				return form.show(request, response, { view: 'card/recovery', title: 'account.recovery.title', data });
			}
			const endedOn = obstacle === 'ended' && checked.endedOn !== null ? noonOf(checked.endedOn) : null;
			const title = obstacle === 'ended' ? 'card.expired.title' : 'account.obstacle.title';
			const data = { branch, next, code, endedOn, title, obstacle: `account.obstacle.${obstacle}` };
			form.show(request, response, { view: 'card/to-porch', title, data });
		} catch (error) {
			if (toPublicError(error).status < 500) throw error;
			context.log.error('sign_in_failed', { library: visit.library.slug, error });
			again({ outcome: 'ours' });
		}
	});

	router.use(agreeRoutes(context, siteOf, { form, slowly }));
	router.use(porchRoutes(context, siteOf, { form, slowly }));
	router.use(sharedComputerRoutes(siteOf, form));
	router.use(invitationRoutes(context, siteOf, { form, slowly }));
	return router;
}

/**
 * Is this the moment to show somebody a recovery code? At the first sign-in where the catalogue has no id of its own that would find them with their next
 * card (reference/library-sso.md 7.4), and when they used up the one they had.
 */
function needsCode({ fresh, carried, by }: Admitted): boolean {
	return (fresh && !carried) || by === 'recovery_code';
}
