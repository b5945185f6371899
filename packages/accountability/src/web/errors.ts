import type { PublicError } from '@understory/core/errors.ts';
import { errorPage } from '@understory/design/error-page.ts';
import type { Page } from '@understory/design/page.ts';
import type { ErrorPage } from '@understory/http/app.ts';
import { languageOf } from '@understory/http/language.ts';
import type { Context } from '../context.ts';
import { frame } from '../pages/frame.ts';
import { createReading } from '../pages/reading.ts';
import { libraryAt } from './library-handler.ts';

/** Shows an error in the library's frame or, at a host where no library lives, in a plain one. */
export function createErrorPage({ design, registers, clock, sample, formats }: Context): ErrorPage {
	return (error: PublicError, request, response) => {
		const language = languageOf(request, response);
		const library = libraryAt(registers, request);
		const now = clock.now();
		const requestId = String(response.locals.requestId ?? '');
		if (!library)
			return errorPage(design, error, nowhere(language), { language, zone: 'UTC', now }, requestId);
		const reading = createReading(design, library, language, now, formats);
		const { path: _path, ...around } = frame(reading, request.path, sample);
		return errorPage(design, error, around, reading.reader, requestId);
	};

	function nowhere(language: string): Omit<Page, 'title'> {
		const name = design.t(language, 'accountability.site.error_place');
		const under = design.t(language, 'accountability.site.under');
		const plate = { code: '?', name, href: '/', under };
		return { cloth: 'slate', plate, tools: [], signs: [], footer: { lead: under, links: [] }, sample };
	}
}
