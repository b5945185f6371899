import type { Clock } from '@understory/core/clock.ts';
import type { Design, Reader } from '@understory/design/design.ts';
import { errorPage } from '@understory/design/error-page.ts';
import type { Page } from '@understory/design/page.ts';
import type { ErrorPage } from '@understory/http/app.ts';
import { languageOf } from '@understory/http/language.ts';
import type { Request, Response } from 'express';

/** How the reader of a console page reads; the console has no library, so its clock is UTC. */
export function readerOf(request: Request, response: Response, clock: Clock): Reader {
	return { language: languageOf(request, response), zone: 'UTC', now: clock.now() };
}

/** The frame of a console page. The console wears slate (design README section 8). */
export function frame(
	design: Design,
	language: string,
	about: { title: string; path?: string; csrf?: string | null; script?: string },
): Page {
	const t = (key: string) => design.t(language, key);
	return {
		title: about.title,
		cloth: 'slate',
		plate: { code: 'IT', name: t('console.name'), href: '/', under: t('console.under') },
		tools: about.csrf
			? [{ label: t('common.sign_out'), post: { action: '/signout', csrf: about.csrf } }]
			: [],
		signs: [],
		footer: { lead: t('console.footer'), links: [{ href: '/api/v1/openapi.json', label: t('console.api') }] },
		sample: false,
		...(about.path === undefined ? {} : { path: about.path }),
		...(about.script === undefined ? {} : { script: about.script }),
	};
}

/** Errors of the console as pages. */
export function consoleErrorPage(design: Design, clock: Clock): ErrorPage {
	return (error, request, response) => {
		const reader = readerOf(request, response, clock);
		const { title: _title, ...rest } = frame(design, reader.language, { title: '' });
		return errorPage(design, error, rest, reader, String(response.locals.requestId ?? ''));
	};
}
