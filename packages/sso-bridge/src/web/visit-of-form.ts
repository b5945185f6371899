import { toPublicError } from '@understory/core/errors.ts';
import type { Request, Response } from 'express';
import type { Context } from '../context.ts';
import { type CardForm, type CardPage, type Sent, showEnded } from './card-form.ts';
import type { SiteOf } from './site.ts';
import { leadKept, type Visit, visitOf } from './visit.ts';

/**
 * The sign-in that a form was sent for; null when the page is answered already: because the sign-in has ended, or because nothing can be looked up now. Then the same
 * form is shown, with what was typed but the PIN, and it can be sent again when all is well.
 */
export async function visitOfForm(
	{ context, siteOf, form }: { context: Pick<Context, 'log'>; siteOf: SiteOf; form: CardForm },
	{ request, response }: { request: Request; response: Response },
	{ page, sent }: { page: CardPage; sent: Sent },
): Promise<Visit | null> {
	try {
		const visit = await visitOf(siteOf, request, response);
		if (!visit) showEnded(form, request, response);
		return visit;
	} catch (error) {
		const site = siteOf(response);
		const lead = toPublicError(error).status < 500 ? null : leadKept(site, sent.ticket);
		if (!lead) throw error;
		context.log.error('sign_in_failed', { library: site.library.slug, error });
		form.again(request, response, { page: { ...page, ...lead }, sent, trouble: { outcome: 'ours' } });
		return null;
	}
}
