import { NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { act, keptBy, undo } from '../../services/acting.ts';
import { choose } from '../../services/polls.ts';
import type { ActKind } from '../../store/acts.ts';
import { doorView } from '../door.ts';
import { show } from '../frame.ts';
import { postViews } from '../post-view.ts';
import { asked, field, goTo, part, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

const KINDS = ['star', 'share', 'keep', 'pin'] as const satisfies readonly ActKind[];

/** What people do with posts, and the list of what they kept. */
export const ACT_ROUTES: readonly Route[] = [
	...KINDS.flatMap((kind): Route[] => [
		{
			method: 'post',
			path: `/posts/:id/${kind}`,
			need: 'person',
			run: (web, visit) => run(web, visit, kind, act),
		},
		{
			method: 'post',
			path: `/posts/:id/un${kind}`,
			need: 'person',
			run: (web, visit) => run(web, visit, kind, undo),
		},
	]),
	{ method: 'post', path: '/posts/:id/choose', need: 'person', run: choosing },
	{ method: 'get', path: '/kept', need: 'person', run: kept },
];

const SHOWN = 20;

function run(web: Web, visit: Visit, kind: ActKind, what: typeof act): void {
	const id = parseId(part(visit, 'id'));
	if (id === null) throw new NotFound();
	what(web.context, personOf(visit), kind, id);
	goTo(visit, `${whereFrom(web, visit)}#p${id}`);
}

function choosing(web: Web, visit: Visit): void {
	const id = parseId(part(visit, 'id'));
	if (id === null) throw new NotFound();
	// One radio, or a tick each: either way the number of a choice is the name or the value of a field.
	const ticked = Object.keys(visit.request.body as object).flatMap(
		(name) => /^c(\d{1,2})$/.exec(name)?.[1] ?? [],
	);
	const chosen = [...ticked, field(visit, 'choice')].filter((n) => /^\d{1,2}$/.test(n)).map(Number);
	choose(web.context, personOf(visit), id, chosen);
	goTo(visit, `${whereFrom(web, visit)}#p${id}`);
}

/** The page of ours they came from, so that they stay where they were reading; the board when their browser does not say. */
function whereFrom(web: Web, visit: Visit): string {
	const from = visit.request.headers.referer ?? '';
	if (!URL.canParse(from) || new URL(from).origin !== web.context.origin) return '/home';
	const { pathname, search } = new URL(from);
	// The page a form was sent to is no page to come back to, and two slashes would lead to another server.
	return pathname.startsWith('/posts') || pathname.startsWith('//') ? '/home' : pathname + search;
}

function kept(web: Web, visit: Visit): void {
	const before = parseId(asked(visit, 'before'));
	const { posts, last } = keptBy(web.context, personOf(visit), SHOWN, before ?? undefined);
	show(
		web,
		visit,
		'kept',
		{ title: web.views.design.t(visit.language, 'acts.kept.title'), sign: 'board', path: '/kept' },
		{
			posts: postViews(web, visit, posts),
			older: last ? `/kept?before=${last.id}` : null,
			door: doorView(web, visit),
		},
	);
}
