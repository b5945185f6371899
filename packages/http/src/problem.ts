import type { PublicError } from '@understory/core/errors.ts';
import type { Request } from 'express';

/** An RFC 9457 problem document. */
export interface Problem {
	readonly type: string;
	readonly title: string;
	readonly status: number;
	readonly code: string;
	readonly request_id?: string;
	readonly errors?: readonly { field: string; text: string }[];
}

/** The problem document of an error: its public sentence and its faults, never its detail. */
export function toProblem(error: PublicError, requestId?: string): Problem {
	return {
		type: 'about:blank',
		title: error.message,
		status: error.status,
		code: error.code,
		...(requestId ? { request_id: requestId } : {}),
		...(error.faults.length > 0 ? { errors: error.faults.map(({ field, text }) => ({ field, text })) } : {}),
	};
}

/** Does this request want a page, rather than a document for machines? */
export function wantsPage(request: Request): boolean {
	if (
		request.path.startsWith('/api/') ||
		request.path.startsWith('/internal/') ||
		request.path.startsWith('/ap/')
	)
		return false;
	return request.accepts(['json', 'html']) === 'html';
}
