import type { Clock } from '@understory/core/clock.ts';
import type { Design } from '@understory/design/design.ts';
import { errorPage } from '@understory/design/error-page.ts';
import type { ErrorPage } from '@understory/http/app.ts';
import { languageOf } from '@understory/http/language.ts';

/** A page for when no branch can speak for itself: an address nobody has, a folder that does not open. */
export function homeErrorPage(design: Design, clock: Clock): ErrorPage {
	return (error, request, response) => {
		const language = languageOf(request, response);
		const frame = {
			cloth: 'slate' as const,
			plate: { code: '?', name: 'Understory', href: '/', under: design.t(language, 'common.error.nobody') },
			tools: [],
			signs: [],
			footer: { lead: design.t(language, 'common.error.nobody'), links: [] },
			sample: false,
		};
		const reader = { language, zone: 'UTC', now: clock.now() };
		return errorPage(design, error, frame, reader, String(response.locals.requestId ?? ''));
	};
}
