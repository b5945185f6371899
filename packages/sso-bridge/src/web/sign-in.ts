import { SHARED_COMPUTER } from '@understory/core/claims.ts';
import { NotFound, toPublicError } from '@understory/core/errors.ts';
import type { LibraryRecord } from '@understory/core/register.ts';
import { limitRequests } from '@understory/http/limits.ts';
import { type Request, type Response, Router } from 'express';
import { errors } from 'oidc-provider';
import type { Checked } from '../card/check-card.ts';
import { coarseTime } from '../card/coarse-time.ts';
import type { Context } from '../context.ts';
import { giveRecoveryCode } from '../recovery/recovery-code.ts';
import { createCardForm, noonOf, type Trouble } from './card-form.ts';
import { invitationRoutes } from './invitation.ts';
import { isShared, sharedComputerRoutes } from './shared-computer.ts';
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
		const { branch, provider, library, signOut, details } = visit;
		const sent = form.read(request, response);
		const page = { view: 'card/sign-in', title: 'card.title_error', ...leadingTo(branch) };
		const again = (trouble: Trouble) => form.again(request, response, { page, sent, trouble });
		try {
			const checked = await context.cards(library, sent.given);
			if (checked.outcome !== 'ok') return again(checked);
			await signOut.endBefore(provider, details, checked.account.id);
			const acr = isShared(request) ? { acr: SHARED_COMPUTER } : {};
			const result = { login: { accountId: checked.account.id, remember: false, ...acr } };
			const next = await provider.interactionResult(request, response, result, {
				mergeWithLastSubmission: false,
			});
			const code = needsCode(checked) ? await newCodeFor(context, library, checked.account.id) : null;
			if (checked.expiredOn === null && code === null) return response.redirect(303, next);
			if (checked.expiredOn === null) {
				const data = { branch, next, code, used: checked.by === 'recovery_code' };
				return form.show(request, response, { view: 'card/recovery', title: 'account.recovery.title', data });
			}
			const data = { branch, next, code, endedOn: noonOf(checked.expiredOn) };
			form.show(request, response, { view: 'card/expired', title: 'card.expired.title', data });
		} catch (error) {
			if (toPublicError(error).status < 500) throw error;
			context.log.error('sign_in_failed', { library: library.slug, error });
			again({ outcome: 'ours' });
		}
	});

	router.use(sharedComputerRoutes(siteOf, form));
	router.use(invitationRoutes(context, siteOf, { form, slowly }));

	function ended(request: Request, response: Response): void {
		const data = { title: 'card.refused.title', lead: 'card.refused.lead' };
		form.show(request, response, { view: 'card/message', title: data.title, data, status: 404 });
	}

	/** The sign-in this browser began, or null when it has ended or is another browser's. */
	async function interaction(
		request: Request,
		response: Response,
	): Promise<(Site & { branch: Branch; details: Details }) | null> {
		const site = siteOf(response);
		try {
			const details = await site.provider.interactionDetails(request, response);
			if (details.uid !== request.params.uid) return null;
			const branch = site.branches.find(({ id }) => id === details.params.client_id);
			if (!branch) throw new NotFound();
			return { ...site, branch, details };
		} catch (error) {
			if (error instanceof errors.SessionNotFound) return null;
			throw error;
		}
	}

	return router;
}

/**
 * Is this the moment to show somebody a recovery code? At the first sign-in where the catalogue has no id of its own that would find them with their next
 * card (reference/library-sso.md 7.4), and when they used up the one they had.
 */
function needsCode(checked: Extract<Checked, { outcome: 'ok' }>): boolean {
	return (checked.fresh && !checked.carried) || checked.by === 'recovery_code';
}

function newCodeFor(context: Context, library: LibraryRecord, account: string): Promise<string> {
	const { month } = coarseTime(library.zone, context.clock.now());
	return giveRecoveryCode({ database: context.database, library: library.id }, account, month);
}

type Branch = Site['branches'][number];
type Details = Awaited<ReturnType<Site['provider']['interactionDetails']>>;

function leadingTo(branch: Branch): { to: string; data: object } {
	return { to: new URL(branch.origin).origin, data: { branch } };
}
