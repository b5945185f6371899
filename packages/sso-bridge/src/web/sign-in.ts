import { toPublicError } from '@understory/core/errors.ts';
import { limitRequests } from '@understory/http/limits.ts';
import { type Request, type Response, Router } from 'express';
import type { Admitted } from '../card/check-card.ts';
import type { Context } from '../context.ts';
import { comesByPasskey, rememberWay } from '../signing-in/browser-cookie.ts';
import { upstreamRoutes } from '../upstream/routes.ts';
import { takesCards } from '../upstream/ways-in.ts';
import { agreeRoutes } from './agree.ts';
import { type CardForm, showEnded, type Trouble } from './card-form.ts';
import { dayPassRoutes } from './day-pass.ts';
import { invitationRoutes } from './invitation.ts';
import { letIn } from './let-in.ts';
import { notMeRoutes } from './not-me.ts';
import { passkeyRoutes } from './passkey.ts';
import { porchRoutes } from './porch.ts';
import { isShared, sharedComputerRoutes } from './shared-computer.ts';
import type { SiteOf } from './site.ts';
import { leadingTo, type Visit, visitOf } from './visit.ts';
import { visitOfForm } from './visit-of-form.ts';

/** The card page: shown by an issuer to whoever is not signed in there, and the way back to the branch that asked. */
export function signInRoutes(context: Context, siteOf: SiteOf, form: CardForm): Router {
	const router = Router();
	const parts = { context, siteOf, form };
	const slowly = limitRequests({ clock: context.clock, perMinute: 120, burst: 60 });

	const { router: passkeys, showLock } = passkeyRoutes(context, siteOf, { form, slowly });

	router.get('/sign-in/:uid', async (request, response) => {
		const visit = await visitOf(siteOf, request, response);
		if (!visit) return showEnded(form, request, response);
		if (comesByPasskey(request) && request.query.with !== 'card')
			return response.redirect(303, `${request.path}/passkey`);
		const title = takesCards(context, visit.library) ? 'card.title' : 'provider.title';
		form.show(request, response, { view: 'card/sign-in', title, ...leadingTo(visit) });
	});

	router.post('/sign-in/:uid', slowly, ...form.body, async (request, response) => {
		const sent = form.read(request, response);
		const shown = { view: 'card/sign-in', title: 'card.title_error' };
		const visit = await visitOfForm(parts, { request, response }, { page: shown, sent });
		if (!visit) return;
		const page = { ...shown, ...leadingTo(visit) };
		const again = (trouble: Trouble) => form.again(request, response, { page, sent, trouble });
		try {
			const checked = await context.cards(visit.library, sent.given);
			if (checked.outcome === 'not_admitted' && checked.obstacle === 'too_young')
				return showWhatIsOpen(form, request, response, visit);
			if (checked.outcome !== 'ok') return again(checked);
			const { account, obstacle, endedOn } = checked;
			rememberWay(response, visit.library, 'card');
			if (account.locked)
				return await showLock(request, response, visit, {
					account: account.id,
					first: 'card',
					shared: isShared(request),
					obstacle,
					endedOn,
				});
			const code = codeFor(checked);
			const coming = { account, way: 'card', obstacle, endedOn, porchOnly: false, code } as const;
			await letIn(context, form, { request, response }, visit, coming);
		} catch (error) {
			if (toPublicError(error).status < 500) throw error;
			context.log.error('sign_in_failed', { library: visit.library.slug, error });
			again({ outcome: 'ours' });
		}
	});

	router.use(agreeRoutes(context, siteOf, { form, slowly }));
	router.use(passkeys);
	router.use(porchRoutes(context, siteOf, { form, slowly }));
	router.use(dayPassRoutes(context, siteOf, { form, slowly }));
	router.use(notMeRoutes(context, siteOf, { form, slowly }));
	router.use(sharedComputerRoutes(siteOf, form));
	router.use(invitationRoutes(context, siteOf, { form, slowly }));
	router.use(upstreamRoutes(context, siteOf, { form, showLock }));
	return router;
}

/** How many branches a child is shown at most. */
const PLACES = 6;

/** For somebody who is too young for an account: what they may read without one. Their card is not shown again, and nothing of them is kept. */
function showWhatIsOpen(
	form: CardForm,
	request: Request,
	response: Response,
	{ branches, branch }: Visit,
): void {
	const open = branches.filter(({ stage }) => stage === 'open');
	const nearest = open.toSorted(
		(a, b) => Number(b.origin === branch.origin) - Number(a.origin === branch.origin),
	);
	const data = { places: nearest.slice(0, PLACES) };
	form.show(request, response, { view: 'card/too-young', title: 'account.young.title', data, status: 403 });
}

/**
 * Is this the moment to show somebody a recovery code? At the first sign-in where the catalogue has no id of its own that would find them with their next
 * card (reference/library-sso.md 7.4), and when they used up the one they had.
 */
function codeFor({ fresh, carried, by }: Admitted): 'first' | 'next' | null {
	if (by === 'recovery_code') return 'next';
	return fresh && !carried ? 'first' : null;
}
