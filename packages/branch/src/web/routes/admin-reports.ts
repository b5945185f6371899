import { NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { closeWithoutAct, matterForHost, putBack, reopen, take } from '../../services/hosting/matters.ts';
import { listMatters } from '../../store/matters.ts';
import { reportEntity } from '../api/report-entity.ts';
import { noteMatter } from '../matter-view.ts';
import { asked, field, part, staffOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What hosts do with reports, by program: Mastodon's addresses and words. Deciding is in `admin-decisions.ts`. */
export const ADMIN_REPORT_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/api/v1/admin/reports', need: 'host', run: list },
	{ method: 'get', path: '/api/v1/admin/reports/:id', need: 'host', run: one },
	act('assign_to_self', ({ context }, visit, id) => take(context, staffOf(visit), id)),
	act('unassign', ({ context }, visit, id) => putBack(context, staffOf(visit), id)),
	act('resolve', ({ context }, visit, id) =>
		closeWithoutAct(context, staffOf(visit), id, {
			outcome: field(visit, 'outcome'),
			reason: field(visit, 'reason'),
		}),
	),
	act('reopen', ({ context }, visit, id) => reopen(context, staffOf(visit), id)),
];

const USUAL = 100;
const MOST = 200;

/** The newest first, as Mastodon has them; `resolved=true` for those that ended. */
function list(web: Web, visit: Visit): void {
	const limit = Math.min(parseId(asked(visit, 'limit')) ?? USUAL, MOST);
	const before = parseId(asked(visit, 'max_id'));
	const resolved = asked(visit, 'resolved') === 'true';
	const found = web.context.store.read((reading) =>
		listMatters(reading, { resolved, limit, ...(before === null ? {} : { before }) }),
	);
	if (found.length === limit) {
		const next = `${web.context.origin}/api/v1/admin/reports?resolved=${resolved}&limit=${limit}&max_id=${found.at(-1)!.id}`;
		visit.response.setHeader('link', `<${next}>; rel="next"`);
	}
	visit.response.json(found.map((matter) => reportEntity(web, matter, false)));
}

function one(web: Web, visit: Visit): void {
	answer(web, visit, idIn(visit));
}

function act(word: string, run: (web: Web, visit: Visit, id: number) => void): Route {
	return {
		method: 'post',
		path: `/api/v1/admin/reports/:id/${word}`,
		need: 'host',
		run(web, visit) {
			const id = idIn(visit);
			run(web, visit, id);
			answer(web, visit, id);
		},
	};
}

function answer(web: Web, visit: Visit, id: number): void {
	const matter = matterForHost(web.context, staffOf(visit), id);
	noteMatter(web, visit, matter);
	visit.response.json(reportEntity(web, matter, true));
}

function idIn(visit: Visit): number {
	const id = parseId(part(visit, 'id'));
	if (id === null) throw new NotFound();
	return id;
}
