import { languageOf } from '@understory/http/language.ts';
import type { RequestHandler, Response } from 'express';
import type { BranchContext } from '../context.ts';
import { versionOf } from '../store/version.ts';

/** So many pages are kept, some 20 KB each: a branch has few that strangers read. */
const KEPT = 30;
/** Pages that are the same for everybody who is nobody in particular. */
const PUBLIC =
	/^\/(?:about|rules|neighborhood|who-can-see|events|@[^/?]+(?:\/\d+)?|tags\/[^/?]+|plate\.svg|robots\.txt|sitemap\.xml|api\/v[12]\/instance(?:\/[a-z_]+)?)?$/;
const MINUTE = 60_000;

/**
 * Gives whoever sends no cookie at all the page that the last such visitor got, as long as nothing has changed since: not a row of the branch's
 * file, not what the library says of it, not the minute. What is taken back, hidden or changed is therefore gone with the same breath; a page
 * of somebody who is signed in never gets in here, since their browser sends a cookie.
 */
export function publicPages(context: BranchContext): RequestHandler {
	const pages = new Map<string, Kept>();
	return (request, response, next) => {
		const { method, originalUrl, headers } = request;
		if (method !== 'GET' || headers.cookie !== undefined || !PUBLIC.test(originalUrl)) return next();
		const name = `${languageOf(request, response)} ${originalUrl}`;
		const of = stateOf(context);
		const known = pages.get(name);
		if (known?.of === of) {
			response.setHeader('cache-control', 'private, no-store');
			return answer(response, known);
		}
		response.locals.keep = (type: string, body: Buffer) => {
			pages.delete(name);
			pages.set(name, { of, type, body });
			const [oldest] = pages.keys();
			if (pages.size > KEPT && oldest !== undefined) pages.delete(oldest);
		};
		next();
	};
}

/** Answers with a whole page or document, and keeps it when it is one of these. */
export function keepAnswer(response: Response, type: string, body: Buffer): void {
	(response.locals.keep as ((type: string, body: Buffer) => void) | undefined)?.(type, body);
	answer(response, { type, body });
}

function answer(response: Response, { type, body }: Pick<Kept, 'type' | 'body'>): void {
	response.setHeader('content-type', type);
	response.setHeader('content-length', body.length);
	response.end(body);
}

interface Kept {
	/** What it was made of. */
	readonly of: string;
	readonly type: string;
	readonly body: Buffer;
}

/** Everything a public page is made of, as one word. Taken before the page is made: what changes meanwhile makes it old. */
function stateOf({ store, current, desired, clock }: BranchContext): string {
	const register = current.register();
	const wanted = desired();
	const minute = Math.floor(clock.now() / MINUTE);
	const parts = [
		store.read(versionOf),
		register?.version,
		register?.issued,
		wanted.generation,
		wanted.issued,
		minute,
	];
	return parts.join(' ');
}
