import { NotFound } from '@understory/core/errors.ts';
import type { BranchRecord, LibraryRecord } from '@understory/core/register.ts';
import { contentSecurityPolicy, formBody } from '@understory/http/app.ts';
import { csrfToken, requireSameOrigin } from '@understory/http/csrf.ts';
import { languageOf } from '@understory/http/language.ts';
import { limitRequests } from '@understory/http/limits.ts';
import { type Request, type Response, Router } from 'express';
import type { Provider } from 'oidc-provider';
import { type Checked, checkCard } from '../check-card.ts';
import type { Context } from '../context.ts';
import { staffIdOf } from '../store/accounts.ts';
import { frame, readerFor } from './frame.ts';

/** What a request to a library's sign-in may count on. */
export interface Site {
	readonly library: LibraryRecord;
	readonly branches: readonly BranchRecord[];
	readonly provider: Provider;
}

/** How the site of a request is found; set before these routes run. */
export type SiteOf = (response: Response) => Site;

/** The card page and the invitation page. Card and PIN are in the body of one request and nowhere else. */
export function signInRoutes(context: Context, siteOf: SiteOf): Router {
	const router = Router();
	const slowly = limitRequests({ clock: context.clock, perMinute: 60, burst: 30 });
	const form = formBody(4_096);
	router.use('/sign-in', form);
	router.use('/invitation', form);
	router.use((request, response, next) => {
		if (!/^\/(?:sign-in|invitation)\//.test(request.path)) return next();
		// A form is bound to the page it is on; the card page's own cookie binds it to the browser.
		request.sessionID = request.path;
		const { library } = siteOf(response);
		requireSameOrigin({
			key: context.keysOf(library.id).csrf,
			origin: () => library.card_origin,
		})(request, response, next);
	});

	function show(
		request: Request,
		response: Response,
		page: { view: string; title: string; data: object; to?: string; status?: number },
	): void {
		const { library } = siteOf(response);
		const language = languageOf(request, response);
		const csrf = csrfToken(context.keysOf(library.id).csrf, request.path);
		// Chromium blocks the redirect to the branch unless the policy of this page names its origin (DESIGN 5.6).
		response.setHeader('content-security-policy', contentSecurityPolicy(page.to ? [page.to] : []));
		response.setHeader('cache-control', 'no-store');
		const title = context.design.t(language, page.title);
		const path = request.method === 'GET' ? request.path : undefined;
		const data = {
			page: { ...frame(context, library, language), title, ...(path ? { path } : {}) },
			csrf,
			action: request.path,
			digits: library.card_digits,
			...page.data,
		};
		response.status(page.status ?? 200).type('html');
		response.send(context.design.render(page.view, data, readerFor(context, library, language)));
	}

	router.get('/sign-in/:uid', async (request, response) => {
		const { branch } = await interaction(request, response);
		const to = branch ? new URL(branch.origin).origin : undefined;
		show(request, response, { view: 'card/sign-in', title: 'card.title', data: { branch }, to });
	});

	router.post('/sign-in/:uid', slowly, async (request, response) => {
		const { branch, provider, library } = await interaction(request, response);
		const given = cardIn(request);
		const checked = await checkCard(context, library, given);
		if (checked.outcome === 'ok') {
			const result = { login: { accountId: checked.account.id, remember: false } };
			await provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
			return;
		}
		const to = branch ? new URL(branch.origin).origin : undefined;
		const data = { branch, card: given.card, trouble: troubleOf(checked) };
		show(request, response, {
			view: 'card/sign-in',
			title: 'card.title',
			data,
			to,
			status: statusOf(checked),
		});
	});

	router.get('/invitation/:token', (request, response) => {
		show(request, response, {
			view: 'card/sign-in',
			title: 'card.invitation.title',
			data: { invitation: true },
		});
	});

	router.post('/invitation/:token', slowly, async (request, response) => {
		const { library, branches } = siteOf(response);
		const given = cardIn(request);
		const checked = await checkCard(context, library, given);
		if (checked.outcome !== 'ok') {
			const data = { invitation: true, card: given.card, trouble: troubleOf(checked) };
			show(request, response, {
				view: 'card/sign-in',
				title: 'card.invitation.title',
				data,
				status: statusOf(checked),
			});
			return;
		}
		const staffId = await staffIdOf(context.database, checked.account, context.randomId());
		const token = String(request.params.token);
		const granted = await context.platform.acceptInvitation({ token, library: library.id, staffId });
		const branch = branches.find(({ id }) => id === granted.branch);
		const data = { name: granted.name, role: `common.role.${granted.role}`, branch };
		show(request, response, { view: 'card/invited', title: 'card.invited.title', data });
	});

	async function interaction(request: Request, response: Response) {
		const site = siteOf(response);
		const details = await site.provider.interactionDetails(request, response).catch((cause: unknown) => {
			throw new NotFound('This sign-in has ended. Go back to your branch and begin again.', { cause });
		});
		if (details.uid !== request.params.uid)
			throw new NotFound('This sign-in has ended. Go back to your branch and begin again.');
		return { ...site, branch: site.branches.find(({ id }) => id === details.params.client_id) };
	}

	return router;
}

function cardIn(request: Request): { card: string; pin: string } {
	const form = request.body as { card?: unknown; pin?: unknown } | undefined;
	return { card: String(form?.card ?? '').slice(0, 100), pin: String(form?.pin ?? '').slice(0, 100) };
}

function troubleOf(checked: Exclude<Checked, { outcome: 'ok' }>): Record<string, unknown> {
	return { ...checked, [checked.outcome]: true };
}

function statusOf(checked: Exclude<Checked, { outcome: 'ok' }>): number {
	if (checked.outcome === 'silent') return 503;
	return checked.outcome === 'no_match' && checked.left === 0 ? 429 : 422;
}
