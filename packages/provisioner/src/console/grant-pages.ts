import { PublicError } from '@understory/core/errors.ts';
import { type Request, type Response, Router } from 'express';
import { API_ROLES, refusalOf } from '../access/permissions.ts';
import { grantConsole, shownConsoleGrants, takeBackConsoleGrant } from '../services/console-grants.ts';
import { changeProvider, endProvider, shownProvider } from '../services/staff-providers.ts';
import { addAudit, type TokenRow } from '../store/access.ts';
import { MATCHES } from '../store/console-grants.ts';
import { providerOf } from '../store/staff-providers.ts';
import { mayChange } from './allowed.ts';
import { branchesIn, librariesOf, placed } from './place-of-access.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

/** `/grants`: who comes in by an account of their own, as what; and by which provider. */
export function grantPages({ context, show, wordsOf, tokenOf }: Omit<ConsoleKit, 'libraryOf'>): Router {
	const router = Router();
	const { database, clock } = context;

	async function page(
		request: Request,
		response: Response,
		more: { typed?: Record<string, string | undefined>; error?: PublicError; form?: string } = {},
	): Promise<void> {
		const { typed = {}, error, form } = more;
		const own = tokenOf(response, false);
		const t = wordsOf(request, response);
		const libraries = await librariesOf(context, own);
		const faults = (error?.faults ?? []).map(({ field }) => ({
			field: form === 'provider' && field === 'name' ? 'provider_name' : field,
			text: t(`access.fault.${field}`),
		}));
		const provider = (await providerOf(database, own.library)) && (await shownProvider(context, own.library));
		const permission = own.library === null ? 'keep_platform' : 'keep_library';
		const title = faults.length > 0 ? 'access.grants.title_error' : 'access.grants.title';
		const data = {
			provider,
			ofPlatform: own.library === null,
			grants: (await shownConsoleGrants(context, own)).map((row) => ({
				...row,
				...placed(row, libraries),
				by: `access.match.${row.match}`,
				whose: `access.whose.${row.provider}`,
			})),
			matches: MATCHES.map((match) => ({ match, chosen: match === (typed.match ?? 'email') })),
			roles: API_ROLES.filter((role) => role !== 'platform_admin' || own.library === null).map((role) => ({
				role,
				chosen: role === (typed.role ?? 'reader'),
			})),
			typed: form === 'grant' ? typed : {},
			settings:
				form === 'provider'
					? { ...typed, name: typed.provider_name }
					: { ...provider, scopes: provider?.scopes.join(' ') },
			faults,
			bad: Object.fromEntries(
				faults.map(({ field, text }) => [
					form === 'provider'
						? `provider_${field}`.replace('provider_provider_', 'provider_')
						: `grant_${field}`,
					text,
				]),
			),
			said: error && faults.length === 0 ? `access.said.${error.status === 403 ? 'beyond' : 'gone'}` : null,
			mayChange: mayChange(own),
			maySet: refusalOf(own, { permission, ofBranch: false }) === null,
		};
		show(request, response, 'grants', title, data, error?.status);
	}

	async function doing(
		request: Request,
		response: Response,
		{ form, act }: { form: string; act: string },
		run: (typed: Record<string, string | undefined>, by: TokenRow) => Promise<unknown>,
	): Promise<void> {
		const typed = (request.body ?? {}) as Record<string, string | undefined>;
		const by = tokenOf(response, true);
		try {
			await run(typed, by);
			await addAudit(database, { at: clock.now(), actor: by.name, act, subject: request.path });
			response.redirect(303, '/grants');
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			await page(request, response, { typed, error, form });
		}
	}

	router.get('/grants', (request, response) => page(request, response));

	router.post('/grants', (request, response) =>
		doing(request, response, { form: 'grant', act: 'createConsoleGrant' }, (typed, by) => {
			const until = typed.until ? Date.parse(`${typed.until}T23:59:59Z`) : null;
			const wanted = {
				name: String(typed.name ?? ''),
				match: MATCHES.find((match) => match === typed.match) ?? 'email',
				value: String(typed.value ?? ''),
				role: API_ROLES.find((role) => role === typed.role) ?? 'reader',
				library: typed.library?.trim() || null,
				branches: branchesIn(typed.branches),
				until: until === null || Number.isNaN(until) ? null : until,
			};
			return grantConsole(context, wanted, { id: context.randomId(), by });
		}),
	);

	router.post('/grants/take-back', (request, response) =>
		doing(request, response, { form: 'grant', act: 'endConsoleGrant' }, ({ id = '' }, by) =>
			takeBackConsoleGrant(context, id, by),
		),
	);

	router.post('/grants/provider', (request, response) =>
		doing(request, response, { form: 'provider', act: 'changeStaffSignIn' }, (typed, by) => {
			const wanted = {
				name: String(typed.provider_name ?? ''),
				issuer: String(typed.issuer ?? '').trim(),
				client_id: String(typed.client_id ?? ''),
				...(typed.client_secret ? { client_secret: String(typed.client_secret) } : {}),
				groups_claim: String(typed.groups_claim ?? ''),
				scopes: String(typed.scopes ?? '')
					.split(/\s+/)
					.filter(Boolean),
			};
			return changeProvider(context, by.library, wanted, by.name);
		}),
	);

	router.post('/grants/provider/end', (request, response) =>
		doing(request, response, { form: 'provider', act: 'endStaffSignIn' }, (_typed, by) =>
			endProvider(context, by.library),
		),
	);
	return router;
}
