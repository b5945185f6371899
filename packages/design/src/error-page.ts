import type { PublicError } from '@understory/core/errors.ts';
import type { Design, Reader } from './design.ts';
import type { Page } from './page.ts';

const KNOWN = new Set([400, 401, 403, 404, 409, 410, 413, 421, 422, 429, 500, 502, 503]);

/**
 * The page for an error, in the reader's language: what it is and what to do. The error's own sentence is English and is for machines and
 * logs of the caller, so a person gets the words of its status instead; forms show their faults themselves.
 */
export function errorPage(
	design: Design,
	error: PublicError,
	frame: Omit<Page, 'title'>,
	reader: Reader,
	requestId: string,
): string {
	const status = KNOWN.has(error.status) ? error.status : error.status >= 500 ? 500 : 400;
	const title = design.t(reader.language, `common.error.title.${status}`);
	return design.render(
		'design/error',
		{
			page: { ...frame, title },
			title,
			text: design.t(reader.language, `common.error.text.${status}`),
			number: error.status >= 500 ? requestId.slice(0, 8) : null,
		},
		reader,
	);
}
