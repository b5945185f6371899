import { NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import type { WireEmoji } from '@understory/federation/emoji.ts';
import { fetchedEmoji } from '../../services/emoji.ts';
import { mayRead, readerFor } from '../../services/readers.ts';
import { refusesMedia } from '../../services/remote-media.ts';
import { emojiIn } from '../../store/emoji.ts';
import { postById } from '../../store/posts.ts';
import { remoteById } from '../../store/remote-actors.ts';
import { sendMedia } from '../send-media.ts';
import { part, personOf, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/**
 * Emoji of other servers, for people of this branch: those of a post for whoever may read it, those of a name for whoever sees names. Only what the
 * post or the name itself brought is fetched, never an address that somebody asks with.
 */
export const EMOJI_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/posts/:id/emoji/:name.webp', need: 'person', run: ofPost },
	{ method: 'get', path: '/people/:id/emoji/:name.webp', need: 'person', run: ofName },
];

async function ofPost(web: Web, visit: Visit): Promise<void> {
	const id = parseId(part(visit, 'id'));
	const post = id === null ? undefined : web.context.store.read((reading) => postById(reading, id));
	if (!post || !mayRead(web.context, post, readerFor(web.context, personOf(visit)))) throw new NotFound();
	await serve(web, visit, refusesMedia(web.context, post) ? [] : (post.emoji ?? []));
}

async function ofName(web: Web, visit: Visit): Promise<void> {
	const id = parseId(part(visit, 'id'));
	const remote = id === null ? undefined : web.context.store.read((reading) => remoteById(reading, id));
	const refused = remote && web.context.restrictions.stops(remote.origin, 'media');
	await serve(web, visit, refused ? [] : emojiIn(remote?.emoji));
}

async function serve(web: Web, visit: Visit, emoji: readonly WireEmoji[]): Promise<void> {
	const url = emoji.find(({ name }) => name === part(visit, 'name'))?.url;
	const file = url === undefined ? null : await fetchedEmoji(web.context, url);
	if (file === null) throw new NotFound();
	sendMedia(web, visit, { file, type: 'image/webp' });
}
