import { contentSecurityPolicy } from '@understory/http/app.ts';
import { languageOf } from '@understory/http/language.ts';
import type { Request, Response } from 'express';
import type { Context } from '../context.ts';
import { keptPage } from '../site/keep-page.ts';
import { type Asked, PAGES, type SitePage } from '../site/pages.ts';
import type { Kept } from '../site/shelf.ts';
import { type LibraryHandler, part } from './library-handler.ts';

/** Shows a page of the site in the reader's language. */
export function showPage(context: Context, name: keyof typeof PAGES): LibraryHandler {
	const page: SitePage = PAGES[name];
	return async (library, request, response) => {
		const language = languageOf(request, response);
		const asked = partsOf(request);
		const kept = await keptPage(context, library, page, { language, asked });
		if (page.script) {
			// The one page with a script, which the browser lets reach nothing.
			response.set('content-security-policy', contentSecurityPolicy([], `${library.origin}${page.script}`));
		}
		response.set('cache-control', 'no-cache').set('vary', 'accept-language, cookie').type('html');
		if (typeof kept === 'string') response.send(kept);
		else sendKept(response, kept);
	};
}

/** Answers with a kept file, or with 304 to whoever has it: by its ETag, or by its time (RFC 9110 section 13). */
export function sendKept(response: Response, { bytes, etag, modified }: Kept): void {
	response.set('etag', etag).set('last-modified', new Date(modified).toUTCString()).send(bytes);
}

/** `/verify/check.mjs`, and the checks as files to keep. */
export function serveScript(text: string): LibraryHandler {
	const body = Buffer.from(text, 'utf8');
	return async (_library, _request, response) => {
		response.set('cache-control', 'public, max-age=3600').type('text/javascript; charset=utf-8').send(body);
	};
}

/** The named pieces of the path, each a single text. */
function partsOf(request: Request): Asked {
	return Object.fromEntries(Object.keys(request.params).map((name) => [name, part(request, name)]));
}
