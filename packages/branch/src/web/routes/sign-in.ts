import { NotSignedIn } from '@understory/core/errors.ts';
import type { Scope } from '@understory/core/scope.ts';
import { takesNewcomers } from '@understory/core/stage.ts';
import type { Request } from 'express';
import { isYoung } from '../../services/audiences.ts';
import { isTooMuch } from '../../services/hosting/workload.ts';
import { checkMayJoin, join, welcomeBack } from '../../services/joining.ts';
import { scopeChoices } from '../composer.ts';
import { doorView } from '../door.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { say, show } from '../frame.ts';
import { asked, field, goTo, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';
import { policyViews } from './about.ts';

/** In and out, and the first visit. */
export const SIGN_IN_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/signin', need: 'nobody', run: begin },
	{ method: 'get', path: '/session/callback', need: 'nobody', run: finish },
	{ method: 'get', path: '/welcome', need: 'claims', run: welcome },
	{ method: 'post', path: '/welcome', need: 'claims', run: comeIn },
	{ method: 'post', path: '/signout', need: 'nobody', run: leave },
];

async function begin(web: Web, visit: Visit): Promise<void> {
	const back = localPath(asked(visit, 'back'));
	if (back) visit.request.session.back = back;
	const signIn = await web.signIn();
	await signIn.begin(visit);
}

async function finish(web: Web, visit: Visit): Promise<void> {
	const signIn = await web.signIn();
	const { claims, idToken, cardSession, shared } = await signIn.finish(visit);
	const person = welcomeBack(web.context, claims);
	const staff = web.context.current.rolesOf(claims.staff_id ?? null).length > 0;
	// Staff come in by their hat, without an account; everybody else is let in only when they may join.
	if (!person && !staff) checkMayJoin(web.context, claims);
	const { back } = visit.request.session;
	// A new session id, so that one that was planted in this browser before the sign-in is worth nothing.
	await regenerate(visit.request);
	const { session } = visit.request;
	Object.assign(session, { claims, idToken, cardSession, shared, ...(person ? { person: person.id } : {}) });
	// Where others use the computer too, the browser forgets the session when it is closed.
	if (shared) session.cookie.expires = null;
	// Staff may have an account like anybody; where nobody can join yet, their hat alone has somewhere to go.
	const joining = takesNewcomers(web.context.current.branch().stage);
	goTo(visit, person ? (back ?? '/home') : joining ? '/welcome' : (back ?? '/staff'));
}

function welcome(web: Web, visit: Visit): void {
	if (visit.person) {
		goTo(visit, '/home');
		return;
	}
	checkMayJoin(web.context, claimsOf(visit));
	showWelcome(
		web,
		visit,
		{ name: '', handle: '', scope: 'branch', agreed: false, greeting: false },
		NO_FAULTS,
	);
}

function comeIn(web: Web, visit: Visit): void {
	const form = {
		name: field(visit, 'name'),
		handle: field(visit, 'handle'),
		scope: field(visit, 'scope') || 'branch',
		agreed: field(visit, 'rules') !== '',
		greeting: field(visit, 'greeting') === 'yes',
	};
	try {
		const person = join(web.context, claimsOf(visit), { ...form, language: visit.language });
		visit.request.session.person = person.id;
	} catch (error) {
		showWelcome(web, visit, form, faultViews(web, visit, error));
		return;
	}
	goTo(visit, '/home');
}

function showWelcome(
	web: Web,
	visit: Visit,
	form: { name: string; handle: string; scope: string; agreed: boolean; greeting: boolean },
	faults: FaultViews,
): void {
	const failed = faults.list.length > 0;
	show(
		web,
		visit,
		'welcome',
		{
			title: say(web, visit, 'welcome.title'),
			status: failed ? 422 : 200,
			...(failed ? {} : { path: '/welcome' }),
		},
		{
			form,
			faults,
			slow: web.context.store.read((reading) => isTooMuch(web.context, reading)),
			young: isYoung(claimsOf(visit)),
			policies: policyViews(web, visit),
			scopes: scopeChoices(web, visit, form.scope as Scope),
			door: doorView(web, visit),
		},
	);
}

async function leave(web: Web, visit: Visit): Promise<void> {
	const { idToken, shared } = visit.request.session;
	await new Promise<void>((resolve, reject) => {
		visit.request.session.destroy((error: unknown) => (error ? reject(error) : resolve()));
	});
	// On a shared computer the issuer has to forget them too. Without an answer from it they are at least signed out here.
	const signIn = idToken ? await web.signIn().catch(() => null) : null;
	// Whoever sits down next is not to find out which language the one before reads.
	if (shared) visit.response.clearCookie('lang', { path: '/' });
	visit.response.redirect(303, signIn?.leave(idToken) ?? '/');
}

function claimsOf(visit: Visit) {
	if (visit.claims) return visit.claims;
	throw new NotSignedIn();
}

function regenerate(request: Request): Promise<void> {
	return new Promise((resolve, reject) => {
		request.session.regenerate((error: unknown) => (error ? reject(error) : resolve()));
	});
}

/** A path of this branch, or undefined: nobody is led to another site after signing in. */
function localPath(text: string): string | undefined {
	const base = 'http://branch.invalid';
	if (!/^\/(?![/\\])/.test(text) || !URL.canParse(text, base)) return undefined;
	const url = new URL(text, base);
	return url.origin === base ? url.pathname + url.search : undefined;
}
