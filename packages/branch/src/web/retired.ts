import { Gone } from '@understory/core/errors.ts';
import type { Request, RequestHandler } from 'express';
import type { BranchContext } from '../context.ts';
import { personByHandle, personById } from '../store/people.ts';
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
 * actor who moved is still shown, and found by name, because whoever follows them asks here where to.
 */
export function tombstones(context: BranchContext): RequestHandler {
	return (request, response, next) => {
		if (!isRetired(context)) return next();
		if (request.method === 'GET' && hasMoved(context, request)) return next();
		const tombstone = {
			'@context': 'https://www.w3.org/ns/activitystreams',
			id: `${context.origin}${request.path}`,
			type: 'Tombstone',
		};
		response.status(410).type('application/activity+json').send(JSON.stringify(tombstone));
	};
}

/** Is it somebody who moved that is asked about: their actor, or WebFinger for their address here (RFC 7033)? */
function hasMoved(context: BranchContext, { path, query }: Request): boolean {
	const id = /^\/ap\/users\/(\d+)$/.exec(path)?.[1];
	const { resource } = query;
	const address = path === '/.well-known/webfinger' && typeof resource === 'string' ? resource : '';
	const [, handle, host] = /^acct:([^@]+)@([^@]+)$/.exec(address) ?? [];
	if (id === undefined && (handle === undefined || host !== new URL(context.origin).host)) return false;
	const person = context.store.read((reading) =>
		id === undefined ? personByHandle(reading, handle!.toLowerCase()) : personById(reading, Number(id)),
	);
	return person?.moved_to != null;
}
