import { NotFound } from '@understory/core/errors.ts';
import { parseId } from '@understory/core/ids.ts';
import { isLive } from '@understory/core/stage.ts';
import { escapeHtml } from '../../services/plain-text.ts';
import { type Post, postById } from '../../store/posts.ts';
import { type LinkPreview, linkPreview } from '../link-preview.ts';
import { asked, type Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What other sites show in the place of a link to a post (oembed.com), where Mastodon has it. Nothing here depends on who asks. */
export const OEMBED_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/api/oembed', need: 'nobody', run: oembed },
];

/** Widths in pixels. */
const WIDTH = 400;
const NARROWEST = 220;
/** For how long others may keep it, in seconds: what is taken back is soon gone there too. */
const KEPT = 300;

function oembed(web: Web, visit: Visit): void {
	const format = asked(visit, 'format');
	// The status is the specification's (section 2.3.4).
	if (format !== '' && format !== 'json') {
		visit.response.status(501).json({ error: 'This is told as JSON only.' });
		return;
	}
	const found = postAt(web, asked(visit, 'url'));
	const preview = found && isLive(web.context.current.branch().stage) ? linkPreview(web, found) : null;
	if (!found || !preview) throw new NotFound();
	const { author, site } = preview;
	const width = Number(asked(visit, 'maxwidth')) || WIDTH;
	visit.response.json({
		type: 'rich',
		version: '1.0',
		title: `${author.name}, ${web.context.current.branch().name}`,
		author_name: author.name,
		author_url: web.context.at.profile(author.handle),
		provider_name: site,
		provider_url: `${web.context.origin}/`,
		cache_age: KEPT,
		html: htmlOf(found, preview),
		width: Math.max(NARROWEST, Math.min(WIDTH, width)),
		height: null,
	});
}

/** The post at the address of a page of this branch. */
function postAt(web: Web, address: string): Post | undefined {
	if (!URL.canParse(address)) return undefined;
	const { origin, pathname } = new URL(address);
	const id = parseId(/^\/@[^/]+\/(\d+)$/.exec(pathname)?.[1] ?? '');
	if (origin !== web.context.origin || id === null) return undefined;
	return web.context.store.read((reading) => postById(reading, id));
}

/** Words that stand by themselves anywhere: no script, no frame, no picture that would tell us who reads. */
function htmlOf(post: Post, { author, url, text, site }: LinkPreview): string {
	const words = post.summary === null ? post.content_html : `<p>${escapeHtml(text)}</p>`;
	const language = post.language === null ? '' : ` lang="${escapeHtml(post.language)}"`;
	const by = `<a href="${escapeHtml(url)}">${escapeHtml(author.name)}, ${escapeHtml(site)}</a>`;
	return `<blockquote cite="${escapeHtml(url)}"${language}>${words}<footer>${by}</footer></blockquote>`;
}
