import { NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { scopeOf } from '@understory/core/scope.ts';
import { mayRead, readerFor } from '../../services/readers.ts';
import { fetchedPicture } from '../../services/remote-media.ts';
import { type Media, mediaById } from '../../store/media.ts';
import { type Post, postById } from '../../store/posts.ts';
import { sendMedia } from '../send-media.ts';
import { part, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** Pictures, sound and video, for whoever may read the post they belong to. */
export const MEDIA_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/media/:id.:ending', need: 'nobody', run: serve },
];

async function serve(web: Web, visit: Visit): Promise<void> {
	const id = parseId(part(visit, 'id'));
	const media = id === null ? undefined : web.context.store.read((reading) => mediaById(reading, id));
	if (!media || !(await mayHave(web, visit, media))) throw new NotFound();
	const file = media.remote_url === null ? media.file : await fetchedPicture(web.context, media.id);
	if (file === null) throw new NotFound();
	sendMedia(web, visit, { file, type: media.type });
}

async function mayHave(web: Web, visit: Visit, media: Media): Promise<boolean> {
	const { context } = web;
	if (media.post === null) return media.person !== null && media.person === visit.person?.id;
	const post = context.store.read((reading) => postById(reading, media.post!));
	if (!post) return false;
	// On the porch nothing is read but what is one's own, as in the notice about a post of theirs.
	if (post.person !== null && post.person === visit.porch?.person?.id) return true;
	// Nobody's browser makes us fetch from another server.
	if (media.remote_url !== null && !visit.person) return false;
	if (mayRead(context, post, readerFor(context, visit.person)) || isShownToHost(web, visit, post))
		return true;
	if (visit.request.headers.signature === undefined || post.person === null) return false;
	const federation = await context.federation();
	return mayRead(context, post, await federation.identify(visit.request));
}

/** What a host sees of a post, they see of its pictures. */
function isShownToHost(web: Web, visit: Visit, post: Post): boolean {
	const scope = scopeOf(post.audience);
	const place = scope === 'branch' || scope === 'neighborhood' || scope === 'public';
	return place && post.deleted === null && web.context.current.mayDecide(visit.staffId);
}
