import type { Page } from '@understory/design/page.ts';
import { isYoung } from '../services/audiences.ts';
import { isListed } from '../services/listed.ts';
import { mediaPath } from '../services/media-type.ts';
import { mayRead } from '../services/readers.ts';
import { mediaOf } from '../store/media.ts';
import { type Person, personById } from '../store/people.ts';
import type { Post } from '../store/posts.ts';
import { headlineOf } from './headline.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** A post as other sites show a link to it: what everyone may read of it, and nothing that hangs on who asks. */
export interface LinkPreview {
	readonly author: Person;
	readonly url: string;
	/** The beginning of its words; of what stands behind a content note the note alone. */
	readonly text: string;
	readonly site: string;
}

const LONGEST = 200;

/**
 * What the page of a post tells makers of previews (ogp.me, oembed.com) and search engines. People who are signed in are told nothing of it: what
 * stands on their page may be more than everyone reads. `shown`: the posts on the page.
 */
export function headOf(
	web: Web,
	visit: Visit,
	post: Post,
	shown: readonly Post[],
): Pick<Page, 'noindex' | 'preview' | 'feeds'> {
	if (visit.person || visit.staffId) return {};
	const { store, at } = web.context;
	const everyone = shown.filter((one) => mayRead(web.context, one, { kind: 'nobody' }));
	const noindex = !everyone.every(({ person }) => {
		const author = store.read((reading) => personById(reading, person ?? 0));
		return author !== undefined && isListed(author);
	});
	const preview = linkPreview(web, post);
	if (!preview) return { noindex };
	const { author, url, text, site } = preview;
	const title = `${author.name}, ${web.context.current.branch().name}`;
	const oembed = at.below(`/api/oembed?url=${encodeURIComponent(url)}`);
	const tags: Record<string, string> = {
		...{ type: 'article', title, url, site_name: site, description: text },
		...pictureOf(web, post),
	};
	return {
		noindex,
		preview: Object.entries(tags).map(([name, content]) => ({ property: `og:${name}`, content })),
		feeds: [{ href: oembed, type: 'application/json+oembed', title }],
	};
}

/** Its first picture, unless that is behind a note or something to uncover. */
function pictureOf({ context }: Web, post: Post): Record<string, string> {
	if (post.sensitive || post.summary !== null) return {};
	const media = context.store.read((reading) => mediaOf(reading, post.id));
	const picture = media.find(({ kind }) => kind === 'picture');
	return picture ? { image: context.at.below(mediaPath(picture)), 'image:alt': picture.description } : {};
}

/**
 * What may be told of a post to whoever makes a preview of a link to it; null unless everyone may read it, or when it is a teen's, who are not
 * listed outside the branch (docs/adr/0018, 0052). Of copies their own server tells.
 */
export function linkPreview({ context }: Web, post: Post): LinkPreview | null {
	if (!mayRead(context, post, { kind: 'nobody' })) return null;
	const author = context.store.read((reading) => personById(reading, post.person ?? 0));
	if (!author || isYoung(author)) return null;
	const { name } = context.current.branch();
	const site = `${name}, ${context.current.library().name}`;
	return { author, site, url: context.at.page(author.handle, post.id), text: headlineOf(post, LONGEST) };
}
