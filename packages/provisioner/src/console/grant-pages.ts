import { PublicError } from '@understory/core/errors.ts';
import { faultsByField } from '@understory/http/app.ts';
import { type Request, type Response, Router } from 'express';
import { API_ROLES } from '../access/permissions.ts';
import type { Context } from '../context.ts';
import { asOne } from '../services/as-one.ts';
import { grantConsole, shownConsoleGrants, takeBackConsoleGrant } from '../services/console-grants.ts';
import type { TokenRow } from '../store/access.ts';
import { MATCHES } from '../store/console-grants.ts';
import { findLibrary } from '../store/libraries.ts';
import { isOfPlatform, mayChange, requireOfPlatform } from './allowed.ts';
import { branchesIn, librariesOf, placed } from './place-of-access.ts';
import { endProviderByForm, keepProviderByForm, providerForm } from './provider-form.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

/** `/grants`: who comes in by an account of their own, as what; and by which provider of the platform. A library's own has a page of its own. */
export function grantPages({ context, show, wordsOf, tokenOf }: Omit<ConsoleKit, 'libraryOf'>): Router {
	const router = Router();
	const { database } = context;

	async function page(
		request: Request,
		response: Response,
		more: { typed?: Record<string, string | undefined>; error?: PublicError; form?: string } = {},
	): Promise<void> {
		const { typed = {}, error, form } = more;
		const own = tokenOf(response, false);
		const t = wordsOf(request, response);
		const grants = await shownConsoleGrants(context, own);
		const libraries = await librariesOf(context, grants);
		const sees = isOfPlatform(own, 'inspect');
		const failed = form === 'provider' ? { typed, error } : {};
		const provider = sees ? await providerForm(context, null, t, failed) : null;
		const faults =
			form === 'provider'
				? (provider?.faults ?? [])
				: (error?.faults ?? []).map(({ field }) => ({ field, text: t(`access.fault.${field}`) }));
		const home = own.library === null ? undefined : await findLibrary(database, own.library);
		const title = faults.length > 0 ? 'access.grants.title_error' : 'access.grants.title';
		const data = {
			provider: provider && { ...provider, action: '/grants/provider', maySet: isOfPlatform(own, 'keep') },
			own: home && { slug: home.slug },
			ofPlatform: own.library === null,
			grants: grants.map((row) => ({
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
			faults,
			bad: form === 'grant' ? faultsByField(faults) : {},
			said: error && faults.length === 0 ? `access.said.${error.status === 403 ? 'beyond' : 'gone'}` : null,
			mayChange: mayChange(own),
		};
		show(request, response, 'grants', title, data, error?.status);
	}

	async function doing(
		request: Request,
		response: Response,
		{ form, act }: { form: string; act: string },
		run: (inside: Context, typed: Record<string, string | undefined>, by: TokenRow) => Promise<unknown>,
	): Promise<void> {
		const typed = (request.body ?? {}) as Record<string, string | undefined>;
		const by = tokenOf(response, true);
		try {
			const line = { actor: by.name, act, subject: request.path };
			await asOne(context, line, (inside) => run(inside, typed, by));
			response.redirect(303, '/grants');
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			await page(request, response, { typed, error, form });
		}
	}

	router.get('/grants', (request, response) => page(request, response));

	router.post('/grants', (request, response) =>
		doing(request, response, { form: 'grant', act: 'createConsoleGrant' }, (inside, typed, by) => {
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
			return grantConsole(inside, wanted, { id: context.randomId(), by });
		}),
	);

	router.post('/grants/take-back', (request, response) =>
		doing(request, response, { form: 'grant', act: 'endConsoleGrant' }, (inside, { id = '' }, by) =>
			takeBackConsoleGrant(inside, id, by),
		),
	);

	router.post('/grants/provider', (request, response) =>
		doing(request, response, { form: 'provider', act: 'changeStaffSignIn' }, (inside, typed, by) => {
			requireOfPlatform(by, 'keep');
			return keepProviderByForm(inside, null, typed, by.name);
		}),
	);

	router.post('/grants/provider/end', (request, response) =>
		doing(request, response, { form: 'provider', act: 'endStaffSignIn' }, (inside, typed, by) => {
			requireOfPlatform(by, 'keep');
			return endProviderByForm(inside, null, typed);
		}),
	);
	return router;
}
