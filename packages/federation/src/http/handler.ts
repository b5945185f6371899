import { PublicError } from '@understory/core/errors.ts';
import type { NextFunction, Request, RequestHandler, Response } from 'express';
import type { BranchPorts } from '../ports.ts';
import type { Inbox } from '../receive/inbox.ts';
import type { ActorBodies } from './actor-bodies.ts';
import { sendDocument, sendGone, sendNothing, sendProblem } from './answer.ts';
import { wantsActivity } from './negotiation.ts';
import type { Pages } from './pages.ts';
import { type Route, routeOf } from './paths.ts';
import type { WellKnown } from './well-known.ts';

/** What answers what. */
export interface HandlerParts {
	readonly ports: BranchPorts;
	readonly actors: ActorBodies;
	readonly wellKnown: WellKnown;
	readonly pages: Pages;
	readonly inbox: Inbox;
}

/**
 * Our own adapter to Express (reference/codebases.md 9.2): decides from path, method and Accept alone whether a request is for
 * federation, and otherwise leaves it untouched to `next()`; so it may stand before sessions and body parsers. Addresses come
 * from the stored origin and the request line, never from a header.
 */
export function createHandler(parts: HandlerParts): RequestHandler {
	return (request, response, next) => {
		const path = request.originalUrl;
		const route = path.startsWith('/') ? routeOf(path.split('?', 1)[0] ?? '') : null;
		if (route === null || !isFor(route, request)) return next();
		answer(parts, route, request, response).catch((error: unknown) => {
			fail(parts.ports, error, response, next);
		});
	};
}

function isFor(route: Route, request: Request): boolean {
	if (route.name === 'inbox') return request.method === 'POST';
	if (request.method !== 'GET' && request.method !== 'HEAD') return false;
	const anybody = route.name === 'webfinger' || route.name === 'nodeinfo' || route.name === 'nodeinfo_links';
	return anybody || wantsActivity(request.headers.accept);
}

async function answer(
	parts: HandlerParts,
	route: Route,
	request: Request,
	response: Response,
): Promise<void> {
	const path = request.originalUrl;
	if (route.name === 'inbox') {
		await parts.inbox(request, path);
		response.status(202).set('Cache-Control', 'private, no-store').end();
		return;
	}
	if (!parts.ports.mayFederate()) return sendNothing(response);
	switch (route.name) {
		case 'webfinger':
		case 'nodeinfo':
		case 'nodeinfo_links':
			return parts.wellKnown(route.name, path, response);
		case 'actor': {
			const body = await parts.actors(route.actor);
			if (body) return sendDocument(response, body, 'anybody');
			const gone = route.actor !== null && (await parts.ports.departedActor(route.actor));
			return gone ? sendGone(response, path) : sendNothing(response);
		}
		default: {
			const found = await parts.pages(route, request, path);
			return found ? sendDocument(response, found.document, found.keeping) : sendNothing(response);
		}
	}
}

function fail(ports: BranchPorts, error: unknown, response: Response, next: NextFunction): void {
	if (response.headersSent || !(error instanceof PublicError)) {
		next(error);
		return;
	}
	const { status, code, detail } = error;
	ports.log.info('federation.refused', { status, error_code: code, detail });
	sendProblem(response, error);
}
