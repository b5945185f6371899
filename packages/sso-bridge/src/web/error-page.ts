import { errorPage } from '@understory/design/error-page.ts';
import type { ErrorPage } from '@understory/http/app.ts';
import { languageOf } from '@understory/http/language.ts';
import type { Context } from '../context.ts';
import { frame, readerFor } from './frame.ts';
import type { Site } from './site.ts';

/** The page of an error: in the library's frame where it is known whose it is. */
export function cardErrorPage(context: Context): ErrorPage {
	return (error, request, response) => {
		const language = languageOf(request, response);
		const { site, requestId } = response.locals as { site?: Site; requestId?: string };
		if (site) {
			const around = frame(context, site.library, language);
			return errorPage(
				context.design,
				error,
				around,
				readerFor(context, site.library, language),
				requestId ?? '',
			);
		}
		const nobody = context.design.t(language, 'common.error.nobody');
		const plain = {
			cloth: 'slate' as const,
			plate: { code: '?', name: 'Understory', href: '/', under: nobody },
			tools: [],
			signs: [],
			footer: { lead: nobody, links: [] },
			sample: false,
		};
		const reader = { language, zone: 'UTC', now: context.clock.now() };
		return errorPage(context.design, error, plain, reader, requestId ?? '');
	};
}
