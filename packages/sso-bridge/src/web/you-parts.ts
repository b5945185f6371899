import { csrfToken, requireSameOrigin } from '@understory/http/csrf.ts';
import { limitRequests } from '@understory/http/limits.ts';
import { wipedFormBody } from '@understory/http/wiped-form.ts';
import type { Request, RequestHandler, Response } from 'express';
import type { Context } from '../context.ts';
import { OWN_PAGES, ownSignIn } from '../openid/own-client.ts';
import { type SignedIn, signedInAt } from '../you/signed-in.ts';
import type { CardForm, CardPage } from './card-form.ts';
import type { Site, SiteOf } from './site.ts';

/** Whoever opens a page about their own sign-in. */
export interface Own extends Site {
	readonly you: SignedIn;
}

/** What the pages under `/you` are made with. */
export interface YouParts {
	readonly form: CardForm;
	/** The token of this session's forms. */
	csrf(own: Own): string;
	/** Shows a page with the token of this session in its forms. */
	show(request: Request, response: Response, own: Own, page: CardPage): void;
	/** Runs for somebody who is signed in here; leads whoever is not to the card page. */
	page(run: (request: Request, response: Response, own: Own) => Promise<void>): RequestHandler;
	/** The same for what changes something: sent from our own page, by somebody who proved in the last quarter of an hour who they are. */
	act(
		run: (request: Request, response: Response, own: Own) => Promise<void>,
		how?: { bytes?: number; standing?: 'porch' },
	): RequestHandler[];
}

/** How the pages under `/you` are shown and guarded. */
export function youParts(context: Context, siteOf: SiteOf, form: CardForm): YouParts {
	const slowly = limitRequests({ clock: context.clock, perMinute: 60, burst: 30 });
	const bound = ({ session }: SignedIn) => `you/${session}`;
	const own = (response: Response): Own => response.locals.own as Own;
	const lead = (request: Request, response: Response, anew: boolean) => {
		const to = OWN_PAGES.find((page) => request.path.split('/')[1] === page) ?? 'you';
		response.redirect(303, ownSignIn(siteOf(response).library.card_origin, { anew, to }));
	};
	const find: RequestHandler = async (request, response, next) => {
		const site = siteOf(response);
		const you = await signedInAt(context, site, request, response);
		if (!you) return lead(request, response, false);
		response.locals.own = { ...site, you } satisfies Own;
		next();
	};
	const guard: RequestHandler = (request, response, next) => {
		const { library, you } = own(response);
		request.sessionID = bound(you);
		const key = context.keysOf(library.id).csrf;
		requireSameOrigin({ key, origin: () => library.card_origin })(request, response, next);
	};
	const csrf = ({ library, you }: Own) => csrfToken(context.keysOf(library.id).csrf, bound(you));
	return {
		form,
		csrf,
		show(request, response, own, page) {
			form.show(request, response, { ...page, data: { csrf: csrf(own), ...page.data } });
		},
		page: (run) => async (request, response, next) => {
			await find(request, response, async () => run(request, response, own(response)).catch(next));
		},
		act: (run, { bytes = 4_096, standing } = {}) => [
			slowly,
			wipedFormBody(bytes),
			find,
			guard,
			async (request, response) => {
				const { you } = own(response);
				const may = standing === 'porch' || you.standing === 'full';
				if (!you.recently || !may) return lead(request, response, true);
				await run(request, response, own(response));
			},
		],
	};
}
