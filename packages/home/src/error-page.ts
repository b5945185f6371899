import type { Clock } from '@understory/core/clock.ts';
import type { Successor } from '@understory/core/successor.ts';
import type { Design } from '@understory/design/design.ts';
import { errorPage } from '@understory/design/error-page.ts';
import type { ErrorPage } from '@understory/http/app.ts';
import { languageOf } from '@understory/http/language.ts';
import type { Request } from 'express';

/** A page for when no branch can speak for itself: an address nobody has, a folder that does not open. */
export function homeErrorPage(
	design: Design,
	clock: Clock,
	/** Where the branch that was asked for goes on, when it is gone for ever. */
	successorOf: (request: Request) => Successor | undefined,
): ErrorPage {
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
		const successor = error.status === 410 ? successorOf(request) : undefined;
		if (successor) {
			const title = design.t(language, 'successor.gone.title');
			const text = design.t(language, 'successor.gone.text', { name: successor.name });
			const onward = { href: `${successor.origin}/`, label: successor.name };
			return design.render('design/error', { page: { ...frame, title }, title, text, onward }, reader);
		}
		return errorPage(design, error, frame, reader, String(response.locals.requestId ?? ''));
	};
}
