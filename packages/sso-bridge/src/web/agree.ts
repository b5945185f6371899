import { toPublicError } from '@understory/core/errors.ts';
import { type Request, type RequestHandler, type Response, Router } from 'express';
import type { Context } from '../context.ts';
import { type Carried, type Present, presentBy } from '../openid/accounts.ts';
import { type Barrier, barrierTo, chooseHandle, handleAt } from '../openid/foreign-people.ts';
import { type HandleFault, handleFault } from '../openid/handle-rules.ts';
import { type CardForm, showEnded } from './card-form.ts';
import type { SiteOf } from './site.ts';
import { type Lead, leadingTo, leadKept, type Visit, visitOf } from './visit.ts';

type Fault = HandleFault | 'taken' | 'rules';

/**
 * The page after the card page: whom somebody is sent to, what is told there, that server's rules, and at the first time a handle for it
 * (reference/library-sso.md 6.2). Nothing is given away before they agree.
 */
export function agreeRoutes(
	context: Context,
	siteOf: SiteOf,
	{ form, slowly }: { form: CardForm; slowly: RequestHandler },
): Router {
	const router = Router();

	router.get('/agree/:uid', async (request, response) => {
		const visit = await visitOf(siteOf, request, response);
		const present = visit && (await presentIn(visit));
		if (!visit || !present) return showEnded(form, request, response);
		const barrier = visit.at.foreign ? barrierTo(visit.at, present) : null;
		if (barrier) return showBarrier(request, response, visit, barrier);
		await showPage(request, response, visit, present, { handle: '', faults: [] });
	});

	router.post('/agree/:uid', slowly, ...form.body, async (request, response) => {
		const fields = request.body as { handle?: unknown; rules?: unknown; answer?: unknown };
		const handle = typeof fields.handle === 'string' ? fields.handle.trim().toLowerCase().slice(0, 100) : '';
		try {
			const visit = await visitOf(siteOf, request, response);
			const present = visit && (await presentIn(visit));
			if (!visit || !present) return showEnded(form, request, response);
			const { at, provider } = visit;
			if (fields.answer === 'no' || (at.foreign && barrierTo(at, present))) {
				const refusal = { error: 'access_denied', error_description: 'the person does not go on' };
				return response.redirect(303, await provider.interactionResult(request, response, refusal));
			}
			const faults = at.foreign
				? await settle(visit, present, { handle, agreed: fields.rules === 'yes' })
				: [];
			if (faults.length > 0) return await showPage(request, response, visit, present, { handle, faults });
			const next = await provider.interactionResult(request, response, { consent: {} });
			response.redirect(303, next);
		} catch (error) {
			if (toPublicError(error).status < 500) throw error;
			const { library, destinations } = siteOf(response);
			const lead = leadKept({ destinations }, form.read(request, response).ticket);
			if (!lead) throw error;
			context.log.error('agree_failed', { library: library.slug, error });
			const asksHandle = fields.handle !== undefined;
			const agreed = fields.rules === 'yes';
			const rulesUrl = destinations.get(lead.data.client)?.foreign?.rules_url ?? null;
			showKept(request, response, lead, { handle, asksHandle, agreed, rulesUrl });
		}
	});

	/** Gives the handle, unless something is wrong with it or with what was agreed. */
	async function settle(
		{ at, library }: Visit,
		{ account }: Present,
		{ handle, agreed }: { handle: string; agreed: boolean },
	): Promise<Fault[]> {
		const where = { library: library.id, sector: at.sector, account: account.id };
		const known = await handleAt(context, library.id, at.sector, account.id);
		const fault = known === null ? handleFault(handle) : null;
		const faults: Fault[] = [...(fault ? [fault] : []), ...(agreed ? [] : ['rules' as const])];
		if (faults.length > 0 || known !== null) return faults;
		return (await chooseHandle(context, where, handle)) === 'taken' ? ['taken'] : [];
	}

	async function showPage(
		request: Request,
		response: Response,
		visit: Visit,
		{ account }: Present,
		sent: { handle: string; faults: readonly Fault[] },
	): Promise<void> {
		const { at, library, details } = visit;
		const { to, data } = leadingTo(visit);
		const known = at.foreign ? await handleAt(context, library.id, at.sector, account.id) : null;
		const ofHandle = sent.faults.find((fault) => fault !== 'rules');
		form.show(request, response, {
			view: 'card/agree',
			title: sent.faults.length > 0 ? 'elsewhere.title_error' : 'elsewhere.title',
			to,
			status: sent.faults.length > 0 ? 422 : 200,
			data: {
				...data,
				known,
				asksHandle: known === null,
				handle: sent.handle,
				rulesUrl: at.foreign?.rules_url ?? null,
				lasting: String(details.params.scope).split(' ').includes('offline_access'),
				faults: sent.faults.map((fault) => ({ field: fault === 'rules' ? 'rules' : 'handle', fault })),
				faultOfHandle: ofHandle,
				agreed: sent.faults.length > 0 && !sent.faults.includes('rules'),
				faultOfRules: sent.faults.includes('rules'),
			},
		});
	}

	/** The page as it was sent, when it broke on our side. */
	function showKept(request: Request, response: Response, { to, data }: Lead, sent: object): void {
		const { view, title } = { view: 'card/agree', title: 'elsewhere.title_error' };
		form.show(request, response, { view, title, to, status: 500, data: { ...data, ...sent, ours: true } });
	}

	function showBarrier(request: Request, response: Response, visit: Visit, barrier: Barrier): void {
		const { to, data } = leadingTo(visit);
		form.show(request, response, {
			view: 'card/not-there',
			title: 'elsewhere.barrier.title',
			to,
			status: 403,
			data: { ...data, barrier: `elsewhere.barrier.${barrier}` },
		});
	}

	async function presentIn({ details, library, provider }: Visit): Promise<Present | undefined> {
		const { session } = details;
		if (!session?.accountId) return undefined;
		return presentBy(context, library.id, provider, {
			account: session.accountId,
			source: session as Carried,
		});
	}

	return router;
}
