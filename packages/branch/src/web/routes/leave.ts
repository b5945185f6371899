import { pipeline } from 'node:stream/promises';
import { scopeOf } from '@understory/core/scope.ts';
import { trustedHtml } from '@understory/design/safe-html.ts';
import { archiveOf } from '../../services/archive.ts';
import { leaveForGood } from '../../services/leaving.ts';
import { type FaultViews, faultViews, NO_FAULTS } from '../faults.ts';
import { readerOf, show } from '../frame.ts';
import { field, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Taking everything, and deleting everything; also for those whose card opens nothing else any more. */
export const LEAVE_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/you/leave', need: 'porch', run: (web, visit) => ways(web, visit, NO_FAULTS) },
	{ method: 'post', path: '/you/archive', need: 'porch', run: archive },
	{ method: 'post', path: '/you/delete', need: 'porch', run: remove },
];

function ways(web: Web, visit: Visit, faults: FaultViews): void {
	const failed = faults.list.length > 0;
	show(
		web,
		visit,
		'leave',
		{
			title: web.views.design.t(visit.language, 'leave.title'),
			status: failed ? 422 : 200,
			...(failed ? {} : { path: '/you/leave' }),
		},
		{ handle: personOf(visit).handle, typed: field(visit, 'handle'), faults },
	);
}

async function archive(web: Web, visit: Visit): Promise<void> {
	const person = personOf(visit);
	const { design } = web.views;
	const render: Parameters<typeof archiveOf>[2]['render'] = (posts) =>
		design.render(
			'branch/archive',
			{
				name: person.name,
				handle: person.handle,
				branch: web.context.current.branch().name,
				posts: posts.map(({ post, media, quote }) => ({
					at: post.created,
					scope: design.t(visit.language, `leave.scope.${scopeOf(post.audience)}`),
					title: post.title,
					summary: post.summary,
					language: post.language,
					body: trustedHtml(post.content_html),
					media,
					quote,
				})),
			},
			readerOf(web, visit),
		);
	const zip = await archiveOf(web.context, person, { render });
	visit.response
		.status(200)
		.type('application/zip')
		.set(
			'content-disposition',
			`attachment; filename="${person.handle}-${web.context.current.branch().slug}.zip"`,
		);
	await pipeline(zip, visit.response);
}

async function remove(web: Web, visit: Visit): Promise<void> {
	try {
		leaveForGood(web.context, personOf(visit), field(visit, 'handle'));
	} catch (error) {
		ways(web, visit, faultViews(web, visit, error));
		return;
	}
	await new Promise<void>((resolve, reject) => {
		visit.request.session.destroy((error: unknown) => (error ? reject(error) : resolve()));
	});
	const nobody = { ...visit, person: null, claims: null, porch: null, staffId: null };
	show(web, nobody, 'left', { title: web.views.design.t(visit.language, 'leave.done') }, {});
}
