import { parseId } from '@understory/core/ids.ts';
import { conversationsOf } from '../../services/messages.ts';
import { doorView } from '../door.ts';
import { show } from '../frame.ts';
import { postViews } from '../post-view.ts';
import { asked, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Conversations between named people. */
export const MESSAGE_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/messages', need: 'person', run: messages },
];

const SHOWN = 20;

function messages(web: Web, visit: Visit): void {
	const before = parseId(asked(visit, 'before'));
	const found = conversationsOf(web.context, personOf(visit), SHOWN, before ?? undefined);
	show(
		web,
		visit,
		'messages',
		{
			title: web.views.design.t(visit.language, 'messages.title'),
			sign: 'board',
			path: '/messages',
		},
		{
			posts: postViews(web, visit, found.posts),
			older: found.more ? `/messages?before=${found.posts.at(-1)!.id}` : null,
			door: doorView(web, visit),
		},
	);
}
