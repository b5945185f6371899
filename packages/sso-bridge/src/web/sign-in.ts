import { NotFound, toPublicError } from '@understory/core/errors.ts';
import { limitRequests } from '@understory/http/limits.ts';
import { type Request, type Response, Router } from 'express';
import { errors } from 'oidc-provider';
import type { Context } from '../context.ts';
import { createCardForm, givenIn, statusOf, type Trouble, troubleData } from './card-form.ts';
import { invitationRoutes } from './invitation.ts';
import type { Site, SiteOf } from './site.ts';

/** The card page: shown by an issuer to whoever is not signed in there, and the way back to the branch that asked. */
export function signInRoutes(context: Context, siteOf: SiteOf): Router {
	const router = Router();
	const form = createCardForm(context, siteOf);
	const slowly = limitRequests({ clock: context.clock, perMinute: 120, burst: 60 });

	router.get('/sign-in/:uid', async (request, response) => {
		const visit = await interaction(request, response);
		if (!visit) return ended(request, response);
		form.show(request, response, { view: 'card/sign-in', title: 'card.title', ...leadingTo(visit.branch) });
	});

	router.post('/sign-in/:uid', slowly, ...form.body, async (request, response) => {
		const visit = await interaction(request, response);
		if (!visit) return ended(request, response);
		const { branch, provider, library } = visit;
		const given = givenIn(request);
		const again = (trouble: Trouble) => {
			if (trouble.outcome === 'silent') response.setHeader('retry-after', '60');
			const { to, data } = leadingTo(branch);
			form.show(request, response, {
				view: 'card/sign-in',
				title: 'card.title_error',
				data: { ...data, card: given.card, trouble: troubleData(trouble) },
				to,
				status: statusOf(trouble),
			});
		};
		try {
			const checked = await context.cards(library, given);
			if (checked.outcome !== 'ok') return again(checked);
			const result = { login: { accountId: checked.account.id, remember: false } };
			const next = await provider.interactionResult(request, response, result, {
				mergeWithLastSubmission: false,
			});
			if (checked.expiredOn === null) return response.redirect(303, next);
			const data = { branch, next, endedOn: noonOf(checked.expiredOn) };
			form.show(request, response, { view: 'card/expired', title: 'card.expired.title', data });
		} catch (error) {
			if (toPublicError(error).status < 500) throw error;
			context.log.error('sign_in_failed', { library: library.slug, error });
			again({ outcome: 'ours' });
		}
	});

	router.use(invitationRoutes(context, siteOf, { form, slowly }));

	function ended(request: Request, response: Response): void {
		const data = { title: 'card.refused.title', lead: 'card.refused.lead' };
		form.show(request, response, { view: 'card/message', title: data.title, data, status: 404 });
	}

	/** The sign-in this browser began, or null when it has ended or is another browser's. */
	async function interaction(
		request: Request,
		response: Response,
	): Promise<(Site & { branch: Branch }) | null> {
		const site = siteOf(response);
		try {
			const details = await site.provider.interactionDetails(request, response);
			if (details.uid !== request.params.uid) return null;
			const branch = site.branches.find(({ id }) => id === details.params.client_id);
			if (!branch) throw new NotFound();
			return { ...site, branch };
		} catch (error) {
			if (error instanceof errors.SessionNotFound) return null;
			throw error;
		}
	}

	return router;
}

type Branch = Site['branches'][number];

function leadingTo(branch: Branch): { to: string; data: object } {
	return { to: new URL(branch.origin).origin, data: { branch } };
}

/** A moment inside the day in every zone that libraries are in, for its date in words. */
function noonOf(date: string): number {
	return Date.parse(`${date}T18:00:00Z`);
}
