import { limitRequests } from '@understory/http/limits.ts';
import { type Request, type Response, Router } from 'express';
import { branchSlugs } from '../services/tokens.ts';
import { StaffRefusal } from '../staff-sign-in/refusal.ts';
import { createRelyingParties } from '../staff-sign-in/relying-party.ts';
import { createStaffSignIn } from '../staff-sign-in/staff-sign-in.ts';
import { findToken, type TokenRow } from '../store/access.ts';
import type { ConsoleGrantRow } from '../store/console-grants.ts';
import { findLibrary } from '../store/libraries.ts';
import { allProviders, findProvider } from '../store/staff-providers.ts';
import { awayCookie, giveAwayCookie, takeAwayCookie } from './away-cookie.ts';
import { beginSession, endSession } from './session.ts';
import type { ConsoleKit } from './sign-in-pages.ts';

/** Where somebody may be led on to once they are signed in. */
const NEXT = new Set(['/', '/command']);

export interface ComingIn {
	readonly router: Router;
	/** The page of somebody who is not signed in; `next` is where they were going. */
	ask(request: Request, response: Response, next: string): Promise<void>;
}

/** How staff comes in to the console: by their own account at a provider, or by a token. */
export function comingIn(
	parts: Pick<ConsoleKit, 'context' | 'show'> & { key: Buffer; secure: boolean },
): ComingIn {
	const { context, show, key, secure } = parts;
	const { clock, database, log } = context;
	const signIn = createStaffSignIn(context, createRelyingParties(context));
	const slowly = limitRequests({ clock, perMinute: 20, burst: 10 });
	const router = Router();

	async function page(
		request: Request,
		response: Response,
		more: { next?: string; refused?: boolean; said?: string; status?: number },
	): Promise<void> {
		const { status, ...data } = more;
		const providers = (await allProviders(database)).map(({ id, name }) => ({ id, name }));
		show(request, response, 'sign-in', 'console.sign_in.title', { providers, next: '/', ...data }, status);
	}

	function goOn(response: Response, token: TokenRow, next: string): void {
		takeAwayCookie(response, secure);
		beginSession(response, token, { key, clock, secure });
		response.redirect(303, nextOf(next));
	}

	/** Says on the page why nobody came in; what was wrong in detail is for the log. */
	async function refused(request: Request, response: Response, error: unknown): Promise<void> {
		if (!(error instanceof StaffRefusal)) throw error;
		log.warn('staff_sign_in_refused', { error_code: error.fault, error: error.cause });
		await page(request, response, {
			said: `access.refused.${error.fault}`,
			status: error.fault === 'silent' ? 503 : 403,
		});
	}

	router.post('/signin', slowly, async (request, response) => {
		const form = request.body as { token?: unknown; next?: unknown };
		const given = String(form.token ?? '').trim();
		const token = /^[\w-]{20,200}$/.test(given) ? await findToken(database, given, clock.now()) : undefined;
		const next = nextOf(form.next);
		if (!token) return page(request, response, { refused: true, next, status: 401 });
		goOn(response, token, next);
	});

	// A link and no form: a browser does not follow a form's redirect to another origin under our `form-action`.
	router.get('/signin/by/:provider', slowly, async (request, response) => {
		const provider = await findProvider(database, idIn(request.params.provider));
		try {
			if (!provider) throw new StaffRefusal('not_begun_here');
			const browser = giveAwayCookie(response, secure);
			const url = await signIn.begin(provider, { browser, next: nextOf(request.query.next) });
			response.setHeader('cache-control', 'no-store');
			response.redirect(303, url.href);
		} catch (error) {
			await refused(request, response, error);
		}
	});

	router.get('/signin/back/:provider', slowly, async (request, response) => {
		const url = new URL(request.originalUrl, context.addresses.console);
		try {
			const back = await signIn.comeBack(idIn(request.params.provider), url, awayCookie(request, secure));
			if ('session' in back) return goOn(response, back.session, back.next);
			response.redirect(303, `/signin/choose?choice=${back.choice}`);
		} catch (error) {
			await refused(request, response, error);
		}
	});

	router.get('/signin/choose', slowly, async (request, response) => {
		const choice = String(request.query.choice ?? '');
		const grants = await signIn.choices(choice, awayCookie(request, secure));
		if (grants.length === 0) return refused(request, response, new StaffRefusal('not_begun_here'));
		const choices = await Promise.all(grants.map(shownChoice));
		show(request, response, 'sign-in-choose', 'access.choose.title', { choice, choices });
	});

	router.post('/signin/choose', slowly, async (request, response) => {
		const { choice = '', grant = '' } = request.body as Record<string, string | undefined>;
		try {
			const chosen = await signIn.choose(String(choice), awayCookie(request, secure), String(grant));
			goOn(response, chosen.session, chosen.next);
		} catch (error) {
			await refused(request, response, error);
		}
	});

	router.post('/signout', async (request, response) => {
		const token = response.locals.token as TokenRow | undefined;
		if (token?.kind === 'session') await database('token').where({ id: token.id }).delete();
		await endSession(context, request, response, { key, secure });
		response.redirect(303, '/');
	});

	async function shownChoice(grant: ConsoleGrantRow) {
		const library = grant.library === null ? undefined : await findLibrary(database, grant.library);
		const branches = await branchSlugs(context, grant.branches);
		return {
			id: grant.id,
			role: `access.role.${grant.role}`,
			where: [library?.name, branches?.join(', ')].filter(Boolean).join(': ') || null,
		};
	}

	return { router, ask: (request, response, next) => page(request, response, { next }) };
}

function nextOf(wanted: unknown): string {
	return typeof wanted === 'string' && NEXT.has(wanted) ? wanted : '/';
}

/** An id as the database has it; one that cannot be is nobody's. */
function idIn(text: unknown): string {
	return /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(String(text))
		? String(text)
		: '00000000-0000-0000-0000-000000000000';
}
