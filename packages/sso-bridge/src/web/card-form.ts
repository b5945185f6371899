import { contentSecurityPolicy, formBody } from '@understory/http/app.ts';
import { csrfToken, requireSameOrigin } from '@understory/http/csrf.ts';
import { languageOf } from '@understory/http/language.ts';
import type { Request, RequestHandler, Response } from 'express';
import type { Given, Refused } from '../card/check-card.ts';
import type { Context } from '../context.ts';
import { frame, readerFor } from './frame.ts';
import type { SiteOf } from './site.ts';

/** Why the form is shown again: what the check said, or that we failed ourselves, or that an invitation is spent. */
export type Trouble = Refused | { readonly outcome: 'ours' } | { readonly outcome: 'spent' };

/** One page of the card site. */
export interface CardPage {
	readonly view: string;
	/** Key of its title. */
	readonly title: string;
	readonly data?: object;
	/** The branch's origin, to which the answer to this page's form leads. */
	readonly to?: string;
	readonly status?: number;
}

/** How pages with the card form are shown and how what they send is read. Card and PIN are in the body of one request and nowhere else. */
export interface CardForm {
	show(request: Request, response: Response, page: CardPage): void;
	/** Reads the body, and refuses what another site sent. */
	readonly body: readonly RequestHandler[];
}

export function createCardForm(context: Context, siteOf: SiteOf): CardForm {
	const guard: RequestHandler = (request, response, next) => {
		const { library } = siteOf(response);
		// The form is bound to the page it stands on; an interaction's cookie binds that page to the browser.
		request.sessionID = request.path;
		const key = context.keysOf(library.id).csrf;
		requireSameOrigin({ key, origin: () => library.card_origin })(request, response, next);
	};
	return {
		body: [formBody(4_096), guard],
		show(request, response, page) {
			const { library } = siteOf(response);
			const language = languageOf(request, response);
			// Chromium blocks the redirect to the branch unless the policy of this page names its origin (DESIGN 5.6).
			response.setHeader('content-security-policy', contentSecurityPolicy(page.to ? [page.to] : []));
			response.setHeader('cache-control', 'no-store');
			const data = {
				page: {
					...frame(context, library, language),
					title: context.design.t(language, page.title),
					...(request.method === 'GET' ? { path: request.path } : {}),
				},
				csrf: csrfToken(context.keysOf(library.id).csrf, request.path),
				action: request.path,
				digits: library.card_digits,
				...page.data,
			};
			response.status(page.status ?? 200).type('html');
			response.send(context.design.render(page.view, data, readerFor(context, library, language)));
		},
	};
}

/** What was typed. Longer than a form lets anybody type is cut, and then is no card. */
export function givenIn(request: Request): Given {
	const form = request.body as { card?: unknown; pin?: unknown; code?: unknown } | undefined;
	const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, 100) : '');
	return { card: text(form?.card), pin: text(form?.pin), code: text(form?.code) };
}

/** For the template: the trouble under its own name, and the number by which its words bend. */
export function troubleData(trouble: Trouble): Record<string, unknown> {
	const many = trouble.outcome === 'length' ? { short: trouble.given < trouble.wanted } : {};
	const ended = trouble.outcome === 'ended' ? { endedOn: noonOf(trouble.on) } : {};
	return { ...trouble, ...many, ...ended, [trouble.outcome]: true };
}

/** A moment inside the day in every zone that libraries are in, for its date in words. */
export function noonOf(date: string): number {
	return Date.parse(`${date}T18:00:00Z`);
}

/** The status of the page that shows it. */
export function statusOf(trouble: Trouble): number {
	switch (trouble.outcome) {
		case 'silent':
			return 503;
		case 'ours':
			return 500;
		case 'spent':
			return 403;
		case 'no_match':
			return trouble.left === 0 ? 429 : 422;
		default:
			return 422;
	}
}
