import { NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { isLive } from '@understory/core/stage.ts';
import { tagName } from '../../services/plain-text.ts';
import { doorView } from '../door.ts';
import { show } from '../frame.ts';
import { postViews } from '../post-view.ts';
import { asked, goTo, part, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';
import { readable } from './boards.ts';

/** What is written under a topic, as far as whoever asks may read it. */
export const TAG_ROUTES: readonly Route[] = [{ method: 'get', path: '/tags/:tag', need: 'nobody', run: tag }];

function tag(web: Web, visit: Visit): void {
	const name = tagName(part(visit, 'tag'));
	if (name === null || !isLive(web.context.current.branch().stage)) throw new NotFound();
	const path = `/tags/${encodeURIComponent(name)}`;
	// One spelling, one address. (Express has decoded it, so what was asked is compared as text.)
	if (part(visit, 'tag') !== name) {
		goTo(visit, path);
		return;
	}
	const before = parseId(asked(visit, 'before'));
	// Nobody in particular sees what people here wrote for everyone; what is from elsewhere is for our people.
	const whose = visit.person ? {} : ({ scopes: ['public'], local: true } as const);
	const found = readable(web, visit, { tag: name, ...whose, limit: 60, ...(before ? { before } : {}) });
	const posts = visit.person ? found.posts : found.posts.filter(({ audience }) => audience.listed);
	show(
		web,
		visit,
		'tag',
		{ title: `#${name}`, sign: visit.person ? 'board' : 'front', path, noindex: true },
		{
			name,
			posts: postViews(web, visit, posts),
			older: found.more ? `${path}?before=${found.posts.at(-1)!.id}` : null,
			signedIn: visit.person !== null,
			door: doorView(web, visit),
		},
	);
}
