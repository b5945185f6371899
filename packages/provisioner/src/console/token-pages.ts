import { PublicError } from '@understory/core/errors.ts';
import { type Request, type Response, Router } from 'express';
import { API_ROLES, type ApiRole } from '../access/permissions.ts';
import type { Context } from '../context.ts';
import { asOne } from '../services/as-one.ts';
import { makeToken, rotateToken, shownTokens, takeBackToken, USUAL_DAYS } from '../services/tokens.ts';
import { listTokens } from '../store/access.ts';
import { mayChange } from './allowed.ts';
import { branchesIn, librariesOf, placed } from './place-of-access.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

const DAY_MS = 86_400_000;

/** `/tokens`: who may call the API, within one's own reach. */
export function tokenPages({ context, show, wordsOf, tokenOf }: Omit<ConsoleKit, 'libraryOf'>): Router {
	const router = Router();
	const { database, clock } = context;

	async function page(
		request: Request,
		response: Response,
		more: {
			made?: { token: string; name: string };
			typed?: Record<string, string | undefined>;
			error?: PublicError;
			status?: number;
		} = {},
	): Promise<void> {
		const { made, typed = {}, error, status = error?.status } = more;
		const own = tokenOf(response, false);
		const t = wordsOf(request, response);
		const rows = await shownTokens(
			context,
			await listTokens(database, { library: own.library, now: clock.now() }),
		);
		const libraries = await librariesOf(context, rows);
		const faults = (error?.faults ?? []).map(({ field }) => ({
			field: field === 'expires' ? 'days' : field,
			text: t(`access.fault.${field}`),
		}));
		const data = {
			tokens: rows.map((row) => ({ ...row, ...placed(row, libraries), own: row.id === own.id })),
			made,
			roles: API_ROLES.filter((role) => role !== 'platform_admin' || own.library === null).map((role) => ({
				role,
				chosen: role === (typed.role ?? 'reader'),
			})),
			bound: own.library !== null,
			usual: USUAL_DAYS,
			typed,
			faults,
			bad: Object.fromEntries(faults.map(({ field, text }) => [field, text])),
			said: error && faults.length === 0 ? `access.said.${error.status === 403 ? 'beyond' : 'gone'}` : null,
			mayChange: mayChange(own),
		};
		show(
			request,
			response,
			'tokens',
			faults.length > 0 ? 'access.tokens.title_error' : 'access.tokens.title',
			data,
			status,
		);
	}

	/** Does it and shows the page anew; what cannot be done is said on it. */
	async function doing(
		request: Request,
		response: Response,
		act: string,
		run: (
			inside: Context,
			form: Record<string, string | undefined>,
		) => Promise<{ token: string; name: string } | undefined>,
	): Promise<void> {
		const form = (request.body ?? {}) as Record<string, string | undefined>;
		const by = tokenOf(response, true);
		try {
			const subject = `/tokens${form.id ? `/${form.id}` : ''}`;
			const made = await asOne(context, { actor: by.name, act, subject }, (inside) => run(inside, form));
			if (made) return page(request, response, { made, status: 201 });
			response.redirect(303, '/tokens');
		} catch (error) {
			if (!(error instanceof PublicError) || error.status >= 500) throw error;
			await page(request, response, { typed: form, error });
		}
	}

	router.get('/tokens', (request, response) => page(request, response));

	router.post('/tokens', (request, response) =>
		doing(request, response, 'createToken', (inside, form) => {
			const days = Number(form.days || USUAL_DAYS);
			const wanted = {
				name: String(form.name ?? ''),
				role: (API_ROLES.find((role) => role === form.role) ?? 'reader') satisfies ApiRole,
				library: form.library?.trim() || null,
				branches: branchesIn(form.branches),
				expires: days > 0 ? clock.now() + Math.round(days * DAY_MS) : Number.POSITIVE_INFINITY,
			};
			return makeToken(inside, wanted, { id: context.randomId(), by: tokenOf(response, true) });
		}),
	);

	router.post('/tokens/rotate', (request, response) =>
		doing(request, response, 'rotateToken', (inside, { id = '' }) =>
			rotateToken(inside, id, { id: context.randomId(), by: tokenOf(response, true) }),
		),
	);

	router.post('/tokens/take-back', (request, response) =>
		doing(request, response, 'revokeToken', async (inside, { id = '' }) => {
			await takeBackToken(inside, id, tokenOf(response, true));
			return undefined;
		}),
	);
	return router;
}
