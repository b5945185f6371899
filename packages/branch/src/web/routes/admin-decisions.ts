import { BadInput, Conflict, NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { digestDocument } from '@understory/transparency-log/signed-document.ts';
import { ACTS } from '../../services/hosting/acts.ts';
import {
	decide,
	type Prepared,
	personForHost,
	postForHost,
	prepare,
	type Ruling,
} from '../../services/hosting/deciding.ts';
import { reverse } from '../../services/hosting/reversing.ts';
import { decisionById, listDecisions } from '../../store/decisions.ts';
import { personByHandle } from '../../store/people.ts';
import { actEntity, decisionEntity } from '../api/decision-entity.ts';
import { previewOf } from '../decision-preview.ts';
import { decisionIn } from '../decision-view.ts';
import { noteLook } from '../sealed-view.ts';
import { asked, field, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';
import { rulingOf } from './deciding.ts';

/** Deciding by program, under the same rules as on the pages: nothing is done before what both sides will read was answered. */
export const ADMIN_DECISION_ROUTES: readonly Route[] = [
	{
		method: 'get',
		path: '/api/v1/admin/acts',
		need: 'host',
		run: (_, visit) => void visit.response.json(ACTS.map(actEntity)),
	},
	{ method: 'get', path: '/api/v1/admin/decisions', need: 'read_cases', run: list },
	{ method: 'get', path: '/api/v1/admin/decisions/:id', need: 'read_cases', run: one },
	{ method: 'post', path: '/api/v1/admin/decisions', need: 'host', run: act },
	{ method: 'post', path: '/api/v1/admin/decisions/:id/reverse', need: 'host', run: takeBack },
];

const USUAL = 40;
const MOST = 80;

/** The newest first; `before` is a time in UTC milliseconds. */
function list(web: Web, visit: Visit): void {
	const limit = Math.min(parseId(asked(visit, 'limit')) ?? USUAL, MOST);
	const before = parseId(asked(visit, 'before'));
	const found = web.context.store.read((reading) =>
		listDecisions(reading, { limit, ...(before === null ? {} : { before }) }),
	);
	if (found.length === limit) {
		const next = `${web.context.origin}/api/v1/admin/decisions?limit=${limit}&before=${found.at(-1)!.created}`;
		visit.response.setHeader('link', `<${next}>; rel="next"`);
	}
	visit.response.json(found.map((decision) => decisionEntity(web, decision)));
}

function one(web: Web, visit: Visit): void {
	const decision = decisionIn(web, visit);
	noteLook(web, visit, 'case', 'work', decision.id);
	visit.response.json(decisionEntity(web, decision));
}

/**
 * Without `confirm`: what the author and the log will read, and the `confirm` with which the same is decided. With it: decides. Throws what `prepare` throws, and Conflict
 * `preview_changed` when what both will read is not what was answered.
 */
function act(web: Web, visit: Visit): void {
	const ruling = rulingIn(web, visit);
	const prepared = prepare(web.context, visit.staffId, ruling);
	const confirm = confirmationOf(prepared, ruling);
	const given = field(visit, 'confirm');
	if (given === '') {
		visit.response.json({ confirm, preview: previewOf(web, visit, prepared) });
		return;
	}
	if (given !== confirm) {
		throw new Conflict(
			'What both sides will read has changed. Ask again without confirm.',
			'preview_changed',
		);
	}
	answer(web, visit, decide(web.context, staffOf(visit), ruling));
}

function takeBack(web: Web, visit: Visit): void {
	const { id } = decisionIn(web, visit);
	reverse(web.context, staffOf(visit), { decision: id, reason: field(visit, 'reason') });
	answer(web, visit, id);
}

function answer(web: Web, visit: Visit, id: string): void {
	const decision = web.context.store.read((reading) => decisionById(reading, id));
	visit.response.json(decisionEntity(web, decision!));
}

/** The fields of the page, with the post by `status_id` or the person by `username`. */
function rulingIn(web: Web, visit: Visit) {
	const { store } = web.context;
	const id = parseId(field(visit, 'status_id'));
	const handle = field(visit, 'username');
	if ((id === null) === (handle === '')) {
		throw new BadInput('Name a post or a person.', [{ field: 'status_id', text: 'decide_about' }]);
	}
	const post = id === null ? null : postForHost(web.context, visit.staffId, id);
	const found = store.read((reading) => (post ? undefined : personByHandle(reading, handle)));
	if (!post && !found) throw new NotFound();
	const person = found ? personForHost(web.context, visit.staffId, found.id) : null;
	const given = (name: string, otherwise = '') => field(visit, name) || otherwise;
	return rulingOf(
		{ post, person },
		{
			...{ rule: given('rule'), facts: given('facts'), days: given('days', '7') },
			...{ post_act: given('post_act', 'none'), person_act: given('person_act', 'none') },
			...{ considers: given('considers'), matter: given('report_id'), space: given('space') },
		},
	);
}

/** Names exactly what was answered: the same again has the same, anything else another. */
function confirmationOf(prepared: Prepared, { days }: Pick<Ruling, 'days'>): string {
	const { post, author, policy, rule, facts, actions, considers, move, appealUntil, decidedOn } = prepared;
	return digestDocument({
		...{ post: post?.id ?? null, author, policy: digestDocument(policy), rule: rule.id, facts },
		...{ actions, days: days ?? null, considers, move, appealUntil, decidedOn },
	});
}
