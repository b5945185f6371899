import { contentSecurityPolicy } from '@understory/http/app.ts';
import { csrfToken, requireSameOrigin } from '@understory/http/csrf.ts';
import { languageOf } from '@understory/http/language.ts';
import { wipedFormBody } from '@understory/http/wiped-form.ts';
import type { Request, RequestHandler, Response } from 'express';
import type { Given, Refused } from '../card/check-card.ts';
import type { Context } from '../context.ts';
import { type FormTicket, readTicket, sealTicket } from '../guessing/form-ticket.ts';
import { browserOf } from '../signing-in/browser-cookie.ts';
import { waysInto } from '../upstream/ways-in.ts';
import { cardFields, spoken } from './card-fields.ts';
import { frame, readerFor } from './frame.ts';
import { isMarked, saysShared } from './shared-computer.ts';
import type { SiteOf } from './site.ts';

/** Why the form is shown again: what the check said, or that we failed ourselves, or that an invitation is spent. */
export type Trouble =
	| Refused
	| { readonly outcome: 'ours' }
	| { readonly outcome: 'spent' }
	| { readonly outcome: 'no_code' };

/** One page of the card site. */
export interface CardPage {
	readonly view: string;
	/** Key of its title. */
	readonly title: string;
	readonly data?: object;
	/** The branch's origin, to which the answer to this page's form leads. */
	readonly to?: string;
	readonly status?: number;
	/** Does it load the script for passkeys? No page with a field for a PIN does. */
	readonly script?: boolean;
	/** Where its form is sent, when that is another address than the page's own. */
	readonly path?: string;
}

/** What was sent from a page with the card form. */
export interface Sent {
	readonly given: Given;
	/** Null when the form was not ours. */
	readonly ticket: FormTicket | null;
}

/** How pages with the card form are shown and how what they send is read. Card and PIN are in the body of one request and nowhere else, and its bytes are overwritten. */
export interface CardForm {
	show(request: Request, response: Response, page: CardPage): void;
	read(request: Request, response: Response): Sent;
	/** Shows the form once more, with what was typed but the PIN, and why. */
	again(request: Request, response: Response, how: { page: CardPage; sent: Sent; trouble: Trouble }): void;
	/** Reads the body, and refuses what another site sent. */
	readonly body: readonly RequestHandler[];
	/** The same for more than a card and a PIN, up to so many bytes. */
	bodyUpTo(bytes: number): readonly RequestHandler[];
}

export function createCardForm(context: Context, siteOf: SiteOf): CardForm {
	const guard: RequestHandler = (request, response, next) => {
		const { library } = siteOf(response);
		// The form is bound to the page it stands on; an interaction's cookie binds that page to the browser.
		request.sessionID = request.path;
		const key = context.keysOf(library.id).csrf;
		requireSameOrigin({ key, origin: () => library.card_origin })(request, response, next);
	};
	const freshTicket = (page: CardPage): FormTicket => ({
		id: context.randomId(),
		shown: context.clock.now(),
		wrong: 0,
		card: null,
		lead: leadOf(page),
	});
	const keysFor = (response: Response) => context.keysOf(siteOf(response).library.id);
	const form: CardForm = {
		body: [wipedFormBody(4_096), guard],
		bodyUpTo: (bytes) => [wipedFormBody(bytes), guard],
		read(request, response) {
			const { ticket: text, ...fields } = request.body as Record<string, unknown>;
			const ticket = readTicket(keysFor(response), request.path, text);
			const age = ticket ? Math.max(0, context.clock.now() - ticket.shown) : 0;
			const caller = { address: request.ip, age, form: ticket?.id ?? null, browser: browserOf(request) };
			return { ticket, given: { ...givenIn(fields), caller } };
		},
		again(request, response, { page, sent, trouble }) {
			const { given, ticket } = sent;
			const keys = keysFor(response);
			const card = keys.attempt(`card\0${given.card}`);
			const before = ticket?.card === card ? ticket.wrong : 0;
			const wrong = trouble.outcome === 'no_match' ? before + 1 : before;
			// Whoever waits goes on waiting where they were, unless that form was used up.
			const waits = trouble.outcome === 'wait' && !trouble.anew && ticket !== null;
			const { id, shown } = waits ? ticket : { id: context.randomId(), shown: context.clock.now() };
			const told = troubleData(trouble, wrong);
			if (trouble.outcome === 'silent' || trouble.outcome === 'switched_off')
				response.setHeader('retry-after', '60');
			if (trouble.outcome === 'wait') response.setHeader('retry-after', String(trouble.seconds));
			form.show(request, response, {
				...page,
				status: statusOf(trouble, wrong),
				data: {
					...page.data,
					card: given.card,
					code: given.code,
					trouble: told,
					ticket: sealTicket(keys, request.path, { id, shown, wrong, card, lead: leadOf(page) }),
				},
			});
		},
		show(request, response, page) {
			const { library } = siteOf(response);
			const settings = context.signIn(library.slug);
			const language = spoken(settings, languageOf(request, response));
			// Chromium blocks the redirect to the branch unless the policy of this page names its origin (DESIGN 5.6).
			const script = page.script ? { script: `${library.card_origin}${context.passkeyScript.path}` } : {};
			response.setHeader(
				'content-security-policy',
				contentSecurityPolicy(page.to ? [page.to] : [], script.script),
			);
			response.setHeader('cache-control', 'no-store');
			const path = page.path ?? request.path;
			const named = page.data as { branch?: { own?: boolean } } | undefined;
			const own = named?.branch?.own
				? { branch: { ...named.branch, name: context.design.t(language, 'account.you.title') } }
				: {};
			const data = {
				page: {
					...frame(context, library, language),
					title: context.design.t(language, page.title),
					...(request.method === 'GET' ? { path: request.path } : {}),
					...script,
				},
				csrf: csrfToken(context.keysOf(library.id).csrf, path),
				ticket: sealTicket(keysFor(response), path, freshTicket(page)),
				action: path,
				fields: cardFields(library, settings, language),
				shared: isMarked(request),
				ticked: saysShared(request),
				waysIn: waysInto(context, library, language, request.path),
				...page.data,
				...own,
			};
			response.status(page.status ?? 200).type('html');
			response.send(context.design.render(page.view, data, readerFor(context, library, language)));
		},
	};
	return form;
}

function leadOf({ to, data }: CardPage): FormTicket['lead'] {
	const { client } = (data ?? {}) as { client?: string };
	return to === undefined || client === undefined ? null : { client, to };
}

/** What was typed. Longer than a form lets anybody type is cut, and then is no card. */
function givenIn(form: Record<string, unknown>): { card: string; pin: string; code: string } {
	const text = (value: unknown) => (typeof value === 'string' ? value.slice(0, 100) : '');
	return { card: text(form.card), pin: text(form.pin), code: text(form.code) };
}

/**
 * For the template: the trouble under its own name, and the numbers by which its words bend. How many tries are left is told of what was sent from this
 * page alone, so that it tells nobody what others did with the card.
 */
function troubleData(trouble: Trouble, wrong: number): Record<string, unknown> {
	const known: Record<string, unknown> = { ...trouble, [trouble.outcome]: true };
	if (trouble.outcome === 'length') return { ...known, short: trouble.given < trouble.wanted };
	if (trouble.outcome === 'not_admitted') {
		const { obstacle, endedOn } = trouble;
		return {
			...known,
			why: `account.obstacle.${obstacle}`,
			endedOn: endedOn === null ? null : noonOf(endedOn),
		};
	}
	return trouble.outcome === 'no_match' ? { ...known, left: leftOf(trouble, wrong) } : known;
}

function leftOf({ tries }: { tries: number }, wrong: number): number {
	return Math.max(0, tries - wrong);
}

/** A moment inside the day in every zone that libraries are in, for its date in words. */
export function noonOf(date: string): number {
	return Date.parse(`${date}T18:00:00Z`);
}

/** The status of the page that shows it. */
function statusOf(trouble: Trouble, wrong: number): number {
	switch (trouble.outcome) {
		case 'silent':
		case 'switched_off':
			return 503;
		case 'ours':
			return 500;
		case 'spent':
			return 403;
		case 'no_match':
			return leftOf(trouble, wrong) === 0 ? 429 : 422;
		case 'wait':
			return 429;
		case 'not_open':
			return 503;
		default:
			return 422;
	}
}

/** What a page says whose sign-in has ended, or is another browser's. */
export function showEnded(form: CardForm, request: Request, response: Response): void {
	const data = { title: 'card.refused.title', lead: 'card.refused.lead' };
	form.show(request, response, { view: 'card/message', title: data.title, data, status: 404 });
}
