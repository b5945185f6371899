import type { PublicError } from '@understory/core/errors.ts';
import { isLive } from '@understory/core/stage.ts';
import { toCloth } from '@understory/design/cloth.ts';
import type { Reader } from '@understory/design/design.ts';
import { errorPage } from '@understory/design/error-page.ts';
import type { Page, Sign, Tool } from '@understory/design/page.ts';
import { hasAppealFor } from '../services/hosting/hearing.ts';
import { waitingForSecond } from '../services/hosting/quarantining.ts';
import { countUnread } from '../store/notices.ts';
import { keepAnswer } from './public-pages.ts';
import { onwardWords, successorView } from './successor-view.ts';
import { unhostedView } from './unhosted-view.ts';
import { csrfOf, field, type Visit } from './visit.ts';
import type { Web } from './web.ts';

/** The signs of a branch; the one that is shown as current. */
export type SignName =
	| 'front'
	| 'porch'
	| 'board'
	| 'notices'
	| 'events'
	| 'neighborhood'
	| 'rules'
	| 'about'
	| 'staff';

/** How this visitor reads: language, the library's zone, and now. */
export function readerOf(web: Web, visit: Visit): Reader {
	return {
		language: visit.language,
		zone: web.context.current.library().zone,
		now: web.context.clock.now(),
	};
}

/** A phrase of the branch's room, in the visitor's language. */
export function say(web: Web, visit: Visit, key: string, values?: Readonly<Record<string, unknown>>): string {
	return web.views.design.t(visit.language, `branch.${key}`, values);
}

/** Shows a page. `path` is where the language switch leads; leave it out where a reload would lose a form. */
export function show(
	web: Web,
	visit: Visit,
	view: string,
	page: {
		readonly title: string;
		readonly sign?: SignName;
		readonly path?: string;
		readonly status?: number;
	} & Pick<Page, 'noindex' | 'preview' | 'feeds'>,
	data: object,
): void {
	const frame = frameFor(web, visit, page.sign);
	const { noindex, preview, feeds } = page;
	const html = web.views.design.render(
		`branch/${view}`,
		{
			...data,
			porch: visit.porch !== null,
			unhosted: unhostedView(web.context),
			successor: successorView(web.context),
			yourSignIn: `${web.context.current.library().card_origin}/you`,
			csrf: csrfOf(visit, web.csrfKey),
			branch: web.context.current.branch().name,
			page: {
				...frame,
				...{ noindex, preview, feeds },
				title: `${page.title}: ${frame.plate.name}`,
				...(page.path ? { path: page.path } : {}),
			},
		},
		readerOf(web, visit),
	);
	if (page.status !== undefined && page.status !== 200) {
		visit.response.status(page.status).type('html').send(html);
		return;
	}
	keepAnswer(visit.response, 'text/html; charset=utf-8', Buffer.from(html));
}

/** The page for an error: in the branch's own words where it has some for this code, else in those of the status. */
export function errorPageFor(web: Web, visit: Visit, error: PublicError): string {
	const { design } = web.views;
	const frame = frameFor(web, visit, undefined, error.status >= 500);
	const reader = readerOf(web, visit);
	const unsent = unsentIn(web, visit, error);
	if (unsent !== null) {
		const title = design.t(visit.language, 'write.lost.title');
		const signedIn = visit.person !== null;
		return design.render('branch/lost', { page: { ...frame, title }, text: unsent, signedIn }, reader);
	}
	const number = String(visit.response.locals.requestId ?? '');
	const words = onwardWords(error);
	const successor = words && successorView(web.context);
	if (successor) {
		const title = design.t(visit.language, `successor.${words}.title`);
		const text = design.t(visit.language, `successor.${words}.text`, { name: successor.name });
		const onward = { href: `${successor.origin}/`, label: successor.name };
		return design.render('design/error', { page: { ...frame, title }, title, text, onward }, reader);
	}
	const key = `branch.error.${error.code}`;
	if (!design.words.entries(visit.language).has(`${key}.title`)) {
		return errorPage(design, error, frame, reader, number);
	}
	const title = design.t(visit.language, `${key}.title`);
	const text = design.t(visit.language, `${key}.text`);
	const data = {
		page: { ...frame, title },
		title,
		text,
		number: error.status >= 500 ? number.slice(0, 8) : null,
	};
	return design.render('design/error', data, reader);
}

/** What somebody wrote here when their sign-in or their form was too old: given back to them, never lost. */
function unsentIn(web: Web, visit: Visit, error: PublicError): string | null {
	const old = error.code === 'csrf' || error.code === 'not_signed_in';
	const { method, headers } = visit.request;
	if (!old || method !== 'POST' || headers.origin !== web.context.origin) return null;
	return field(visit, 'text') || null;
}

/** Plate, signs, tools and footer. `plain` asks nothing of the store, for when it is the store that failed. */
function frameFor(web: Web, visit: Visit, sign?: SignName, plain = false): Omit<Page, 'title'> {
	const { current } = web.context;
	const branch = current.branch();
	const library = current.library();
	const here = plain ? { ...visit, person: null, claims: null, porch: null, staffId: null } : visit;
	return {
		cloth: toCloth(branch.cloth),
		plate: {
			code: branch.code,
			name: branch.name,
			href: '/',
			under: say(web, visit, 'plate.under', { library: library.name }),
		},
		tools: toolsFor(web, here),
		signs: signsFor(web, here, sign),
		footer: {
			lead: say(web, visit, 'footer.lead', { branch: branch.name, library: library.name }),
			links: [
				{ href: '/about', label: say(web, visit, 'footer.about') },
				{ href: '/rules', label: say(web, visit, 'footer.rules') },
				{ href: '/who-can-see', label: say(web, visit, 'footer.who_can_see') },
				{ href: '/report', label: say(web, visit, 'footer.report') },
				{
					href: `${library.accountability_origin}/branches/${new URL(web.context.origin).host}`,
					label: say(web, visit, 'footer.decisions'),
				},
			],
		},
		sample: library.sample,
	};
}

function toolsFor(web: Web, visit: Visit): Tool[] {
	if (!visit.claims) return [{ href: '/signin', icon: 'card', label: say(web, visit, 'tools.sign_in') }];
	const leave: Tool = {
		label: say(web, visit, 'tools.sign_out'),
		post: { action: '/signout', csrf: csrfOf(visit, web.csrfKey) },
	};
	if (visit.porch)
		return visit.porch.person ? [{ href: '/porch', label: visit.porch.person.name }, leave] : [leave];
	return visit.person ? [{ href: `/@${visit.person.handle}`, label: visit.person.name }, leave] : [leave];
}

function signsFor(web: Web, visit: Visit, current: SignName | undefined): Sign[] {
	const { context } = web;
	const sign = (name: SignName, href: string, icon: string, news?: string): Sign => ({
		href,
		icon,
		label: say(web, visit, `sign.${name}`),
		current: name === current,
		...(news ? { news } : {}),
	});
	const signs: Sign[] = [];
	const reader = visit.porch ? visit.porch.person : visit.person;
	if (reader && (visit.porch || isLive(context.current.branch().stage))) {
		if (visit.porch) signs.push(sign('porch', '/porch', 'door'));
		else signs.push(sign('board', '/home', 'board'));
		const unread = context.store.read((reading) => countUnread(reading, reader.id));
		const news = unread > 0 ? say(web, visit, 'sign.news', { count: unread }) : undefined;
		signs.push(sign('notices', '/notices', 'bell', news));
	} else {
		signs.push(sign('front', '/', 'board'));
	}
	if (isLive(context.current.branch().stage)) signs.push(sign('events', '/events', 'calendar'));
	signs.push(sign('neighborhood', '/neighborhood', 'scope-neighborhood'));
	signs.push(sign('rules', '/rules', 'shield-check'));
	signs.push(sign('about', '/about', 'door'));
	if (context.current.mayDecide(visit.staffId)) signs.push(sign('staff', '/staff', 'flag'));
	else if (context.current.may(visit.staffId, 'read_cases')) {
		signs.push(sign('staff', '/staff/decisions', 'flag'));
	} else if (context.current.may(visit.staffId, 'greet')) {
		signs.push({ ...sign('staff', '/staff/newcomers', 'flag'), label: greetingLabel(web, visit) });
	} else if (visit.staffId && hasAppealFor(context, visit.staffId)) {
		signs.push(sign('staff', '/staff/appeals', 'flag'));
	} else if (visit.staffId && waitingForSecond(context, visit.staffId).length > 0) {
		signs.push(sign('staff', '/staff/second', 'flag'));
	}
	return signs;
}

/** What a greeter reads at the sign of the staff, whose room they do not see. */
function greetingLabel(web: Web, visit: Visit): string {
	return web.views.design.t(visit.language, 'greeting.sign');
}
