import { BadInput, NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import {
	decide,
	type Prepared,
	postForHost,
	prepare,
	rulesForHiding,
} from '../../services/hosting/deciding.ts';
import { LONGEST_FACTS } from '../../services/hosting/facts.ts';
import { openAppeals } from '../../store/appeals.ts';
import { personById } from '../../store/people.ts';
import { listPosts, type Post } from '../../store/posts.ts';
import { countOpenReports } from '../../store/reports.ts';
import { countWaiting } from '../../store/servers.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { say, show } from '../frame.ts';
import { postView, postViews } from '../post-view.ts';
import { asked, field, goTo, part, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';
import { examplesOf, inLanguage } from './about.ts';

/** The host's room. Every page asks the grants in force at that moment. */
export const STAFF_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/staff', need: 'host', run: queue },
	{ method: 'get', path: '/staff/posts/:id/decide', need: 'host', run: look },
	{ method: 'post', path: '/staff/posts/:id/decide', need: 'host', run: act },
];

const SHOWN = 50;

/** Recent posts, newest first: what people of this branch can read, whoever wrote it; never what is between named people. */
function queue(web: Web, visit: Visit): void {
	const before = parseId(asked(visit, 'before'));
	const scopes = ['branch', 'neighborhood', 'public'] as const;
	const posts = web.context.store.read((reading) =>
		listPosts(reading, { scopes, limit: SHOWN, ...(before ? { before } : {}) }),
	);
	show(
		web,
		visit,
		'staff',
		{ title: say(web, visit, 'staff.title'), sign: 'staff', path: '/staff' },
		{
			reports: web.context.store.read((reading) => countOpenReports(reading)),
			appeals: web.context.store.read((reading) => openAppeals(reading)).length,
			waiting: web.context.store.read((reading) => countWaiting(reading)),
			posts: postViews(web, visit, posts),
			older: posts.length === SHOWN ? `/staff?before=${posts.at(-1)!.id}` : null,
			done: asked(visit, 'done') !== '' ? statementHref(web, asked(visit, 'done')) : null,
			hasRules: rulesForHiding(web.context).length > 0,
		},
	);
}

function look(web: Web, visit: Visit): void {
	const post = postIn(web, visit);
	showForm(web, visit, post, { rule: '', facts: '' }, NO_FAULTS, null);
}

function act(web: Web, visit: Visit): void {
	const post = postIn(web, visit);
	const form = { rule: field(visit, 'rule'), facts: field(visit, 'facts') };
	const ruling = { post: post.id, ...form };
	try {
		if (field(visit, 'do') === 'decide') {
			const id = decide(web.context, staffOf(visit), ruling);
			goTo(visit, `/staff?done=${id}`);
			return;
		}
		showForm(web, visit, post, form, NO_FAULTS, prepare(web.context, visit.staffId, ruling));
	} catch (error) {
		if (!(error instanceof BadInput)) throw error;
		showForm(web, visit, post, form, faultViews(web, visit, error, { count: LONGEST_FACTS }), null);
	}
}

function postIn(web: Web, visit: Visit): Post {
	const id = parseId(part(visit, 'id'));
	if (id === null) throw new NotFound();
	return postForHost(web.context, visit.staffId, id);
}

function showForm(
	web: Web,
	visit: Visit,
	post: Post,
	form: { readonly rule: string; readonly facts: string },
	faults: FaultViews,
	prepared: Prepared | null,
): void {
	const view = postView(web, visit, post);
	const failed = faults.list.length > 0;
	show(
		web,
		visit,
		'decide',
		{
			title: say(web, visit, 'decide.title', { name: view.author.name }),
			sign: 'staff',
			status: failed ? 422 : 200,
			...(failed || prepared ? {} : { path: `/staff/posts/${post.id}/decide` }),
		},
		{
			post: { ...view, decide: null, canReply: false, takeBack: null },
			hidden: post.hidden !== null,
			action: `/staff/posts/${post.id}/decide`,
			name: view.author.name,
			here: post.person !== null,
			forPanel: nameForPanel(web, post),
			form,
			faults,
			longest: LONGEST_FACTS,
			rules: rulesForHiding(web.context).map(({ policy, rule }) => ({
				key: `${policy.id}/${rule.id}`,
				version: rule.version,
				title: inLanguage(rule.title, visit),
				test: inLanguage(rule.test, visit),
				...examplesOf(rule, visit),
				checked: `${policy.id}/${rule.id}` === form.rule,
			})),
			preview: prepared && previewOf(web, visit, prepared),
		},
	);
}

/** The name under which the library's card sign-in knows the author at this branch and nowhere else, for the library's panel; null for whoever has none here. */
function nameForPanel(web: Web, post: Post): string | null {
	const { person } = post;
	const author =
		person === null ? undefined : web.context.store.read((reading) => personById(reading, person));
	return author && /^[a-z2-7]{26}$/.test(author.sub)
		? `${web.context.current.branch().slug}/${author.sub}`
		: null;
}

/** What the author and the public will read, before anything is done (design README 1.7). */
function previewOf(web: Web, visit: Visit, prepared: Prepared) {
	return {
		rule: inLanguage(prepared.rule.title, visit),
		ruleId: prepared.rule.id,
		version: prepared.rule.version,
		facts: prepared.facts,
		// Noon, so that the date is the same in every zone.
		appealUntil: Date.parse(`${prepared.appealUntil}T12:00:00Z`),
		decidedOn: prepared.decidedOn,
		scope: say(web, visit, `decide.reach.${prepared.scope}`),
		branch: new URL(web.context.origin).host,
	};
}

function statementHref(web: Web, id: string): string | null {
	const uuid = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;
	return uuid.test(id) ? `${web.context.current.library().accountability_origin}/statements/${id}` : null;
}
