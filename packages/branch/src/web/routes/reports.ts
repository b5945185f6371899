import { BadInput, NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { somebodyBy } from '../../services/following.ts';
import { concernOf } from '../../services/hosting/concerns.ts';
import { mayRead, readerFor } from '../../services/readers.ts';
import { type Asking, report, reportPerson } from '../../services/reporting.ts';
import { matterById } from '../../store/matters.ts';
import { type Post, postById } from '../../store/posts.ts';
import { reportBy } from '../../store/reports.ts';
import { concernChoices } from '../concern-view.ts';
import { bare } from '../decision-view.ts';
import { doorView } from '../door.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { show } from '../frame.ts';
import { authorBy } from '../matter-view.ts';
import { outcomeView } from '../outcome-view.ts';
import { postView } from '../post-view.ts';
import { asked, field, part, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Asking a host to look at a post or at somebody, and reading what came of it. */
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
	{ method: 'get', path: '/reports/:id', need: 'porch', run: outcome },
];

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
			post: bare(view),
			action: `/posts/${post.id}/report`,
			...typedIn(web, visit),
			server: view.author.spine?.name ?? null,
			faults,
		},
	);
}

function send(web: Web, visit: Visit): void {
	const post = postIn(web, visit);
	try {
		report(web.context, personOf(visit), post.id, askingIn(visit));
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
	const person = authorBy(web, visit, actor);
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
			...typedIn(web, visit),
			server: person.spine?.name ?? null,
			faults,
		},
	);
}

function sendPerson(web: Web, visit: Visit): void {
	const actor = field(visit, 'actor');
	const somebody = somebodyBy(web.context, actor);
	if (!somebody) throw new NotFound();
	try {
		reportPerson(web.context, personOf(visit), somebody, askingIn(visit));
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		personForm(web, visit, actor, faultViews(web, visit, error));
		return;
	}
	const title = web.views.design.t(visit.language, 'people.report.thanks');
	const href = authorBy(web, visit, actor)?.href ?? '/home';
	show(web, visit, 'reported', { title }, { href, door: doorView(web, visit) });
}

function askingIn(visit: Visit): Asking {
	const concern = concernOf(field(visit, 'concern'));
	return { words: field(visit, 'words'), concern, also: field(visit, 'also') === 'yes' };
}

/** What was typed, for a form that is shown again. */
function typedIn(web: Web, visit: Visit) {
	const concerns = concernChoices(web, visit, field(visit, 'concern'));
	return { words: field(visit, 'words'), also: field(visit, 'also') === 'yes', concerns };
}

/** For whoever reported it, and nobody else. */
function outcome(web: Web, visit: Visit): void {
	const id = parseId(part(visit, 'id'));
	const actor = web.context.at.person(personOf(visit).id);
	const found = web.context.store.read((reading) => {
		const matter = id === null ? undefined : matterById(reading, id);
		const mine = matter && reportBy(reading, matter.id, actor);
		return mine && { matter, mine };
	});
	if (!found) throw new NotFound();
	const view = outcomeView(web, visit, found.matter);
	show(
		web,
		visit,
		'report-outcome',
		{ title: view.heading, sign: 'notices', path: `/reports/${found.matter.id}` },
		{ ...view, words: found.mine.words, at: found.mine.created, door: doorView(web, visit) },
	);
}

function postIn(web: Web, visit: Visit): Post {
	const id = parseId(part(visit, 'id'));
	const post = id === null ? undefined : web.context.store.read((reading) => postById(reading, id));
	if (!post || !mayRead(web.context, post, readerFor(web.context, personOf(visit)))) throw new NotFound();
	return post;
}
