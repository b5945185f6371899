import { BadInput, NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { somebodyBy } from '../../services/following.ts';
import { mayRead, readerFor } from '../../services/readers.ts';
import { close, report, reportPerson } from '../../services/reporting.ts';
import { type Post, postById } from '../../store/posts.ts';
import { openReports, type Report } from '../../store/reports.ts';
import { type AuthorView, localAuthor, remoteAuthor } from '../author-view.ts';
import { doorView } from '../door.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { postView } from '../post-view.ts';
import { asked, field, goTo, part, personOf, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Asking a host to look at a post, and the hosts' list of what they are asked. */
export const REPORT_ROUTES: readonly Route[] = [
	{
		method: 'get',
		path: '/posts/:id/report',
		need: 'person',
		run: (web, visit) => form(web, visit, NO_FAULTS),
	},
	{ method: 'post', path: '/posts/:id/report', need: 'person', run: send },
	{
		method: 'get',
		path: '/people/report',
		need: 'person',
		run: (web, visit) => personForm(web, visit, asked(visit, 'actor'), NO_FAULTS),
	},
	{ method: 'post', path: '/people/report', need: 'person', run: sendPerson },
	{ method: 'get', path: '/staff/reports', need: 'host', run: list },
	{ method: 'post', path: '/staff/reports/:id/close', need: 'host', run: done },
];

const SHOWN = 100;

function form(web: Web, visit: Visit, faults: FaultViews): void {
	const post = postIn(web, visit);
	const view = postView(web, visit, post);
	const failed = faults.list.length > 0;
	show(
		web,
		visit,
		'report',
		{
			title: web.views.design.t(visit.language, 'people.report.title'),
			status: failed ? 422 : 200,
			...(failed ? {} : { path: `/posts/${post.id}/report` }),
		},
		{
			post: { ...view, acts: null, canReply: false, decide: null, takeBack: null, edit: null, report: null },
			action: `/posts/${post.id}/report`,
			words: field(visit, 'words'),
			also: field(visit, 'also') === 'yes',
			server: view.author.spine?.name ?? null,
			host: web.context.current.branch().door?.host ?? null,
			faults,
		},
	);
}

function send(web: Web, visit: Visit): void {
	const post = postIn(web, visit);
	const asking = { words: field(visit, 'words'), also: field(visit, 'also') === 'yes' };
	try {
		report(web.context, personOf(visit), post.id, asking);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		form(web, visit, faultViews(web, visit, error));
		return;
	}
	show(
		web,
		visit,
		'reported',
		{ title: web.views.design.t(visit.language, 'people.report.thanks') },
		{
			href: postView(web, visit, post).href,
			door: doorView(web, visit),
		},
	);
}

function personForm(web: Web, visit: Visit, actor: string, faults: FaultViews): void {
	const person = authorOf(web, visit, actor);
	if (!person || actor === web.context.at.person(personOf(visit).id)) throw new NotFound();
	const failed = faults.list.length > 0;
	show(
		web,
		visit,
		'report',
		{
			title: web.views.design.t(visit.language, 'people.report.person'),
			status: failed ? 422 : 200,
			...(failed ? {} : { path: `/people/report?actor=${encodeURIComponent(actor)}` }),
		},
		{
			person,
			actor,
			action: '/people/report',
			words: field(visit, 'words'),
			also: field(visit, 'also') === 'yes',
			server: person.spine?.name ?? null,
			faults,
		},
	);
}

function sendPerson(web: Web, visit: Visit): void {
	const actor = field(visit, 'actor');
	const somebody = somebodyBy(web.context, actor);
	if (!somebody) throw new NotFound();
	const asking = { words: field(visit, 'words'), also: field(visit, 'also') === 'yes' };
	try {
		reportPerson(web.context, personOf(visit), somebody, asking);
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		personForm(web, visit, actor, faultViews(web, visit, error));
		return;
	}
	const title = web.views.design.t(visit.language, 'people.report.thanks');
	const href = authorOf(web, visit, actor)?.href ?? '/home';
	show(web, visit, 'reported', { title }, { href, door: doorView(web, visit) });
}

function authorOf(web: Web, visit: Visit, actor: string): AuthorView | null {
	const who = somebodyBy(web.context, actor);
	return (
		who && (who.kind === 'here' ? localAuthor(web, who.person.id) : remoteAuthor(web, visit, who.remote))
	);
}

function list(web: Web, visit: Visit): void {
	const reports = web.context.store.read((reading) => openReports(reading, SHOWN));
	show(
		web,
		visit,
		'reports',
		{
			title: web.views.design.t(visit.language, 'people.report.list'),
			sign: 'staff',
			path: '/staff/reports',
		},
		{ reports: reports.flatMap((one) => rowOf(web, visit, one)) },
	);
}

/** What was taken back meanwhile, or whoever is gone, needs nobody to look. */
function rowOf(
	web: Web,
	visit: Visit,
	{ id, post: number, about, actor, words, created }: Report,
): readonly Record<string, unknown>[] {
	const by = authorOf(web, visit, actor);
	if (about !== null) {
		const person = authorOf(web, visit, about);
		return person ? [{ id, words, created, by, person }] : [];
	}
	const post = web.context.store.read((reading) => postById(reading, number!));
	if (!post || post.deleted !== null) return [];
	const view = postView(web, visit, post);
	const shown = { ...view, acts: null, canReply: false, takeBack: null, edit: null, report: null };
	return [{ id, words, created, by, post: shown }];
}

function done(web: Web, visit: Visit): void {
	const id = parseId(part(visit, 'id'));
	if (id === null) throw new NotFound();
	close(web.context, staffOf(visit), id);
	goTo(visit, '/staff/reports');
}

function postIn(web: Web, visit: Visit): Post {
	const id = parseId(part(visit, 'id'));
	const post = id === null ? undefined : web.context.store.read((reading) => postById(reading, id));
	if (!post || !mayRead(web.context, post, readerFor(web.context, personOf(visit)))) throw new NotFound();
	return post;
}
