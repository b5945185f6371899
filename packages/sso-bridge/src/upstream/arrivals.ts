import { NotAllowed, NotFound } from '@understory/core/errors.ts';
import type { Upstream } from '@understory/core/upstream-settings.ts';
import { languageOf } from '@understory/http/language.ts';
import type { Request, Response } from 'express';
import type { Context } from '../context.ts';
import type { CardForm } from '../web/card-form.ts';
import { becomeStaff, invitedPage } from '../web/invitation.ts';
import { letIn } from '../web/let-in.ts';
import type { ShowLock } from '../web/passkey.ts';
import { isMarked } from '../web/shared-computer.ts';
import type { SiteOf } from '../web/site.ts';
import { visitOf } from '../web/visit.ts';
import { browserKeyOf, giveBrowserKey } from './browser-key.ts';
import { accountOf, rememberSession } from './finish.ts';
import type { Answered, Asked, Purpose } from './memory.ts';
import { Refusal } from './refusal.ts';
import { kindOf, pageOf, statusOfKind } from './refusal-page.ts';
import { depart, handOver, nameOf } from './ways-in.ts';

/** What somebody was doing when it could not go on. */
interface Doing {
	readonly purpose: Purpose;
	readonly upstream: string;
}

/** The steps of a sign-in elsewhere, each of which ends in a page or in an address to go on to. */
export interface Arrivals {
	/** Off to the provider, from a page that offered it. */
	leave(request: Request, response: Response, purpose: Purpose): Promise<void>;
	/**
	 * Back from the provider. What it says is read now; whose browser it is shows with the next request only, since that is our own and carries
	 * our cookies (reference/library-sso.md 5.5).
	 */
	back(request: Request, response: Response, asked: Asked, read: () => Promise<Answered>): Promise<void>;
	/** In: to the branch that asked, or to the role that an invitation gives. */
	enter(request: Request, response: Response, handle: string): Promise<void>;
	/** Says in plain words that it does not go on. */
	refuse(request: Request, response: Response, refusal: Refusal, doing: Doing | null): void;
}

export function createArrivals(
	context: Context,
	siteOf: SiteOf,
	{ form, showLock }: { form: CardForm; showLock: ShowLock },
): Arrivals {
	const { upstreams, log } = context;

	async function guarded(
		request: Request,
		response: Response,
		doing: Doing,
		work: () => Promise<void>,
	): Promise<void> {
		try {
			response.setHeader('cache-control', 'no-store');
			await work();
		} catch (error) {
			// An invitation that is spent.
			if (error instanceof NotAllowed) refuse(request, response, new Refusal('not_begun_here', error), null);
			else if (error instanceof Refusal) refuse(request, response, error, doing);
			else throw error;
		}
	}

	function refuse(request: Request, response: Response, { code }: Refusal, doing: Doing | null): void {
		const { library } = siteOf(response);
		const way = doing ? upstreams.way(library, doing.upstream) : undefined;
		const at = way ? { operation: way.id } : {};
		log.warn('refused_elsewhere', { library: library.slug, error_code: code, ...at });
		const kind = kindOf(code);
		const status = statusOfKind(kind);
		if (status === 503) response.setHeader('retry-after', '60');
		const data = {
			kind,
			code,
			title: `provider.refused.${kind}.title`,
			text: `provider.refused.${kind}.text`,
			library: library.name,
			name: way ? nameIn(request, response, way) : library.name,
			back: doing ? pageOf(doing.purpose) : null,
		};
		form.show(request, response, {
			view: 'card/provider-refused',
			title: 'provider.refused.title',
			data,
			status,
		});
	}

	async function acceptInvitation(
		request: Request,
		response: Response,
		came: Answered,
		token: string,
	): Promise<void> {
		const { library, branches } = siteOf(response);
		if (!('affiliation' in came.person) || came.person.affiliation !== 'staff')
			throw new Refusal('not_staff');
		const granted = await becomeStaff(context, library, await accountOf(context, library, came), token);
		form.show(request, response, invitedPage(granted, branches));
	}

	async function goOn(request: Request, response: Response, came: Answered, uid: string): Promise<void> {
		const site = siteOf(response);
		const visit = await visitOf(siteOf, request, response, uid);
		if (!visit) throw new Refusal('other_browser');
		const account = await accountOf(context, site.library, came);
		await rememberSession(context, site.library, came, uid);
		const obstacle = 'keptOut' in came.person ? came.person.keptOut : null;
		log.info('signed_in_elsewhere', {
			library: site.library.slug,
			operation: came.upstream,
			...(obstacle ? { error_code: obstacle } : {}),
		});
		const proof = { obstacle, endedOn: null, shared: came.shared } as const;
		// Where a passkey is a lock, it is asked for behind this door too.
		if (account.locked)
			return showLock(request, response, visit, { account: account.id, first: 'elsewhere', ...proof });
		const coming = { account, way: 'elsewhere', ...proof, porchOnly: false, code: null } as const;
		await letIn(context, form, { request, response }, visit, coming);
	}

	return {
		refuse,
		async leave(request, response, purpose) {
			const { library } = siteOf(response);
			const way = upstreams.way(library, String(request.params.way));
			if (!way) throw new NotFound();
			await guarded(request, response, { purpose, upstream: way.id }, async () => {
				const browser = giveBrowserKey(request, response, library.card_origin);
				const shared = isMarked(request) || request.query.shared === 'yes';
				const departure = await depart(context, { library, way }, { purpose, browser, shared });
				if (departure.kind === 'address') return response.redirect(303, departure.url);
				const { action, fields } = departure;
				const data = { action, fields, name: nameIn(request, response, way) };
				const to = new URL(action).origin;
				form.show(request, response, { view: 'card/provider-go', title: 'provider.go.title', data, to });
			});
		},
		async back(request, response, asked, read) {
			const { library } = siteOf(response);
			await guarded(request, response, asked, async () => {
				response.redirect(303, await handOver(context, library, await read()));
			});
		},
		async enter(request, response, handle) {
			const { library } = siteOf(response);
			const came = await upstreams.memory.take(library.id, 'answered', handle);
			if (!came) return refuse(request, response, new Refusal('not_begun_here'), null);
			await guarded(request, response, came, async () => {
				if (browserKeyOf(request, library.card_origin) !== came.browser) throw new Refusal('other_browser');
				const { purpose } = came;
				if (purpose.kind === 'sign_in') return goOn(request, response, came, purpose.uid);
				await acceptInvitation(request, response, came, purpose.token);
			});
		},
	};
}

function nameIn(request: Request, response: Response, way: Upstream): string {
	return nameOf(way, languageOf(request, response));
}
