import { isLive } from '@understory/core/stage.ts';
import { isListed } from '../../services/listed.ts';
import { escapeHtml } from '../../services/plain-text.ts';
import { publicPosts } from '../../services/public-posts.ts';
import { listedPeople } from '../../store/people.ts';
import { keepAnswer } from '../public-pages.ts';
import type { Visit } from '../visit.ts';
import type { Route, Web } from '../web.ts';

/** What search engines are told: which pages there are, as far as those they are about want to be found (docs/adr/0052). */
export const SITEMAP_ROUTES: readonly Route[] = [
	{ method: 'get', path: '/robots.txt', need: 'nobody', run: robots },
	{ method: 'get', path: '/sitemap.xml', need: 'nobody', run: sitemap },
];

/** Older posts are found from the pages of who wrote them. */
const POSTS = 1000;
const PEOPLE = 2000;
/** Pages that are nobody's and about nobody, and those of a branch that is open. */
const ALWAYS = ['/', '/about', '/rules', '/neighborhood'];
const OPEN = ['/who-can-see', '/events'];
/** What is for machines, or begins something. */
const NOT_FOR_ENGINES = ['/ap/', '/api/', '/find', '/search', '/session/', '/signin', '/staff/'];

function robots({ context }: Web, { response }: Visit): void {
	const lines = [
		'User-agent: *',
		...NOT_FOR_ENGINES.map((path) => `Disallow: ${path}`),
		`Sitemap: ${context.at.below('/sitemap.xml')}`,
	];
	keepAnswer(response, 'text/plain; charset=utf-8', Buffer.from(`${lines.join('\n')}\n`));
}

function sitemap({ context }: Web, { response }: Visit): void {
	const live = isLive(context.current.branch().stage);
	const people = live ? context.store.read((reading) => listedPeople(reading, PEOPLE)).filter(isListed) : [];
	const handles = new Map(people.map(({ id, handle }) => [id, handle]));
	const posts = publicPosts(context, { limit: people.length > 0 ? POSTS : 0 }).flatMap((post) => {
		const handle = handles.get(post.person ?? 0);
		const at = new Date(post.edited ?? post.created).toISOString();
		return handle === undefined ? [] : [line(context.at.page(handle, post.id), at)];
	});
	const lines = [
		...[...ALWAYS, ...(live ? OPEN : [])].map((path) => line(context.at.below(path))),
		...people.map(({ handle }) => line(context.at.profile(handle))),
		...posts,
	];
	const body = `<?xml version="1.0" encoding="UTF-8"?>
<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">
${lines.join('\n')}
</urlset>
`;
	keepAnswer(response, 'application/xml; charset=utf-8', Buffer.from(body));
}

function line(address: string, changed?: string): string {
	const at = changed === undefined ? '' : `<lastmod>${changed}</lastmod>`;
	return `<url><loc>${escapeHtml(address)}</loc>${at}</url>`;
}
