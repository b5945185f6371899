import { Gone } from '@understory/core/errors.ts';
import type { RequestHandler } from 'express';
import type { BranchContext } from '../context.ts';
import { personById } from '../store/people.ts';
import type { Route } from './web.ts';

/** What anybody still reads of a branch that is closed for good: what it was, and how those who were here get in to their things. */
const STILL_OPEN: ReadonlySet<string> = new Set([
	...['/', '/about', '/rules', '/who-can-see', '/.well-known/security.txt', '/robots.txt'],
	...['/signin', '/session/callback', '/signout'],
]);

/** Throws Gone for pages that a retired branch has no more. */
export function refuseWhenRetired(context: BranchContext, route: Route): void {
	if (route.need === 'nobody' && !STILL_OPEN.has(route.path)) refuseToBeRetired(context);
}

/** Throws Gone when the branch is retired. */
export function refuseToBeRetired(context: Pick<BranchContext, 'current'>): void {
	if (isRetired(context)) throw new Gone();
}

export function isRetired(context: Pick<BranchContext, 'current'>): boolean {
	return context.current.branch().stage === 'retired';
}

/**
 * Tells other servers that a retired branch is gone: 410 with a Tombstone (ActivityPub 6.4), so that they let go of what they have of it. An
 * actor who moved is still shown, because whoever follows them asks here where to.
 */
export function tombstones(context: BranchContext): RequestHandler {
	return (request, response, next) => {
		if (!isRetired(context)) return next();
		const person = /^\/ap\/users\/(\d+)$/.exec(request.path)?.[1];
		const moved =
			person !== undefined &&
			context.store.read((reading) => personById(reading, Number(person)))?.moved_to != null;
		if (moved && request.method === 'GET') return next();
		const tombstone = {
			'@context': 'https://www.w3.org/ns/activitystreams',
			id: `${context.origin}${request.path}`,
			type: 'Tombstone',
		};
		response.status(410).type('application/activity+json').send(JSON.stringify(tombstone));
	};
}
