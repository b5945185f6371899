import { createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { NotAllowed, NotSignedIn } from '@understory/core/errors.ts';
import { createApp, finish, formBody, jsonBody } from '@understory/http/app.ts';
import { requireSameOrigin } from '@understory/http/csrf.ts';
import { languageOf } from '@understory/http/language.ts';
import { limitRequests, networkOf } from '@understory/http/limits.ts';
import { sessions } from '@understory/http/sessions.ts';
import type { Express, Request, RequestHandler, Response } from 'express';
import type { BranchContext } from '../context.ts';
import type { BranchParts } from '../open-branch.ts';
import { limitedUntil } from '../store/limitations.ts';
import { personById } from '../store/people.ts';
import { crossOrigin } from './api/cross-origin.ts';
import { endedElsewhere } from './ended-elsewhere.ts';
import { errorPageFor } from './frame.ts';
import { formWithFiles } from './multipart.ts';
import { isForPrograms, staffOfProgram } from './program.ts';
import { publicPages } from './public-pages.ts';
import { isRetired, refuseWhenRetired, tombstones } from './retired.ts';
import { ROUTES } from './route-table.ts';
import { OFFICE_FORMS } from './routes/released.ts';
import { VISITOR_FORMS } from './routes/visitor-reports.ts';
import { createSessionStore, SESSION_LIFE } from './session-store.ts';
import { goTo, notAHost, permissionFor, type Visit } from './visit.ts';
import type { Route, Web } from './web.ts';

/** Other servers ask below these; everything else is for people. */
const WIRE = /^\/(?:ap(?:\/|$)|nodeinfo\/|\.well-known\/(?:webfinger|nodeinfo|host-meta))/;
/** The largest form, in bytes. */
const FORM = 64 * 1024;

/** The web of one branch: federation first (it reads bodies its own way), then pages. */
export function createBranchApp(
	context: BranchContext,
	parts: BranchParts,
): (req: IncomingMessage, res: ServerResponse) => void {
	const { design } = parts.views;
	const secret = context.keyring.sessionSecret();
	const csrfKey = createSecretKey(createHash('sha256').update(`csrf\n${secret}`).digest());
	const web = createWeb(context, parts, csrfKey);
	const app = createApp({
		log: context.log,
		files: design.files,
		trustProxy: parts.settings.trustProxy ?? [],
		// Signing out leads on to the card issuer, and Chromium holds redirects after a form to this list (DESIGN 5.6).
		formAction: [new URL(context.current.library().card_origin).origin],
	});
	app.use(trustFirst(context));
	app.use(onWire(tombstones(context)));
	app.use(onWire(federationFirst(context)));
	app.use('/api', crossOrigin());
	app.use(publicPages(context));
	app.post('/session/ended', formBody(16 * 1024), endedElsewhere(web));
	app.use(
		sessions({
			name: 'branch',
			store: createSessionStore(context.store, context.clock),
			secrets: [secret],
			secure: context.origin.startsWith('https:'),
			maxAgeMilliseconds: SESSION_LIFE,
		}),
	);
	app.post('/signout', leftAlready);
	app.use(formWithFiles(context, FORM));
	app.use(formBody(FORM));
	app.use('/api/v1/admin', jsonBody(FORM));
	const sameOrigin = requireSameOrigin({
		...{ key: csrfKey, origin: () => context.origin, anybody: [...VISITOR_FORMS, ...OFFICE_FORMS] },
	});
	app.use((request, response, next) =>
		isForPrograms(request) ? next() : sameOrigin(request, response, next),
	);
	app.use((request, response, next) => {
		response.locals.visit = visitOf(context, request, response);
		response.setHeader('cache-control', 'private, no-store');
		next();
	});
	mount(app, web);
	return finish(app, {
		log: context.log,
		page: (error, request, response) => errorPageFor(web, visitIn(context, request, response), error),
	});
}

function createWeb(context: BranchContext, parts: BranchParts, csrfKey: KeyObject): Web {
	let signIn: ReturnType<Web['signIn']> | undefined;
	return {
		context,
		views: parts.views,
		csrfKey,
		// A keyed hash in memory, and no address: enough to slow somebody down, and nothing to find them by.
		visitorLimit: limitRequests({
			...{ clock: context.clock, perMinute: 1, burst: 5 },
			keyOf: ({ ip }) =>
				createHmac('sha256', csrfKey)
					.update(`visitor\n${networkOf(ip)}`)
					.digest('base64'),
		}),
		signIn() {
			// Asking the issuer may fail; the next visitor asks again.
			signIn ??= import('./sign-in.ts')
				.then(({ createSignIn }) => createSignIn(context, parts.settings))
				.catch((error: unknown) => {
					signIn = undefined;
					throw error;
				});
			return signIn;
		},
	};
}

function mount(app: Express, web: Web): void {
	for (const route of ROUTES) {
		app[route.method](route.path, async (request, response) => {
			refuseWhenRetired(web.context, route);
			const visit = visitIn(web.context, request, response);
			if (visit.porch && route.need !== 'porch') {
				await (route.need === 'nobody' ? route.run(web, { ...visit, person: null }) : keepOnPorch(visit));
				return;
			}
			// Somebody whose card worked and who has not chosen a handle yet has one thing to do first.
			if ((route.need === 'person' || route.need === 'porch') && visit.claims && !visit.person) {
				if (visit.porch) keepOnPorch(visit);
				goTo(visit, '/welcome');
				return;
			}
			check(web, visit, route);
			await route.run(web, visit);
		});
	}
}

function check(web: Web, visit: Visit, route: Route): void {
	if (route.need === 'nobody') return;
	if (!visit.claims && !visit.staffId) throw new NotSignedIn();
	if ((route.need === 'person' || route.need === 'porch') && !visit.person) throw new NotSignedIn();
	const permission = permissionFor(route.need);
	if (permission === null || web.context.current.may(visit.staffId, permission)) return;
	if (permission === 'moderate') throw notAHost();
	throw new NotAllowed('This page is for other roles on the staff.', 'not_your_role');
}

/** Whoever presses "sign out" on a page from before their sign-in ended has what they want. */
const leftAlready: RequestHandler = (request, response, next) => {
	if (request.session.claims) return next();
	response.redirect(303, '/');
};

/** Leads whoever may not go further back to what is open to them. Throws NotAllowed when they wanted to do something, or were never here. */
function keepOnPorch(visit: Visit): void {
	if (!visit.porch?.person)
		throw new NotAllowed('Your card does not open a new account now. Any desk can help.', 'standing');
	if (visit.request.method !== 'GET') throw new NotAllowed('This cannot be done from the porch.', 'porch');
	goTo(visit, '/porch');
}

/** A roster that the register brought counts from the first request on, before the worker has fetched it too. */
function trustFirst(context: BranchContext): RequestHandler {
	return (_request, _response, next) => {
		if (!context.book.isBehind()) return next();
		context.book.catchUp().then(() => next(), next);
	};
}

/** For what other servers ask, and nothing else. */
function onWire(handle: RequestHandler): RequestHandler {
	return (request, response, next) => {
		if (WIRE.test(request.path)) handle(request, response, next);
		else next();
	};
}

function federationFirst(context: BranchContext): RequestHandler {
	return (request, response, next) => {
		context.federation().then((federation) => federation.handle(request, response, next), next);
	};
}

function visitIn(context: BranchContext, request: Request, response: Response): Visit {
	// An error before the session was read (a bad cookie, a broken body) still gets its page.
	return (response.locals.visit as Visit | undefined) ?? visitOf(context, request, response);
}

function visitOf(context: BranchContext, request: Request, response: Response): Visit {
	const language = languageOf(request, response);
	if (isForPrograms(request)) {
		const nobody = { request, response, language, claims: null, person: null, porch: null, staffId: null };
		// Whoever has no key is nobody, on the page of the error too.
		response.locals.visit = nobody;
		return { ...nobody, staffId: staffOfProgram(context, request) };
	}
	const session = request.session as Request['session'] | undefined;
	const claims = session?.claims ?? null;
	const id = session?.person;
	const person = id === undefined ? null : (context.store.read((reading) => personById(reading, id)) ?? null);
	// What the card opens now, and what it opened when they signed in here: the less of both.
	const barred = claims !== null && (claims.standing !== 'full' || person?.standing === 'porch');
	const { store, clock } = context;
	const suspended = person
		? store.read((reading) => limitedUntil(reading, person.id, 'account_suspended', clock.now()))
		: undefined;
	const kept = barred || suspended !== undefined;
	// When a branch is closed for good, everybody is where their own things are, but for those who still have decisions to end.
	const onPorch = kept || (claims !== null && !claims.staff_id && isRetired(context));
	return {
		request,
		response,
		language,
		claims,
		person,
		porch: onPorch ? { person, suspendedUntil: barred ? null : (suspended ?? null) } : null,
		staffId: kept ? null : (claims?.staff_id ?? null),
	};
}
