import { clothFor } from '@understory/design/cloth.ts';
import type { Page } from '@understory/design/page.ts';
import { feedsAt } from '../data/feeds.ts';
import type { Reading } from './reading.ts';

const SIGNS = [
	{ href: '/', icon: 'door', key: 'branches' },
	{ href: '/statements', icon: 'log', key: 'statements' },
	{ href: '/council', icon: 'people', key: 'council' },
	{ href: '/verify', icon: 'shield-check', key: 'verify' },
] as const;

const FILES = [
	{ href: '/branches.json', key: 'branches' },
	{ href: '/statements.csv', key: 'csv' },
	{ href: '/feed.json', key: 'json_feed' },
	{ href: '/feed.atom', key: 'atom' },
	{ href: '/data', key: 'all_data' },
	{ href: '/data.json', key: 'data' },
] as const;

/** The plate, signs and footer of a library's site. `path` is this page's own. */
export function frame(reading: Reading, path: string, sample: boolean): Omit<Page, 'title'> {
	const { library, t } = reading;
	const { name, slug } = library.register.library;
	return {
		cloth: clothFor(slug),
		plate: { code: initials(name), name, href: '/', under: t('site.under') },
		tools: [],
		signs: SIGNS.map(({ href, icon, key }) => ({
			href,
			icon,
			label: t(`sign.${key}`),
			current: href === path,
		})),
		footer: {
			lead: t('site.foot', { library: name }),
			links: FILES.map(({ href, key }) => ({ href, label: t(`foot.${key}`) })),
		},
		sample: sample || library.register.library.sample,
		feeds: feedLinks('/', t('site.feed', { library: name })),
		...(/^\/council(?:$|\/)/.test(path) ? { html_class: 'council' } : {}),
		path,
	};
}

/** The feeds of a page, for its head. */
export function feedLinks(at: string, title: string): NonNullable<Page['feeds']> {
	const { json, atom } = feedsAt(at);
	return [
		{ href: json, type: 'application/feed+json', title },
		{ href: atom, type: 'application/atom+xml', title },
	];
}

/** `Multnomah County Library` is `MCL`. */
function initials(name: string): string {
	const words = name.split(/\s+/).filter((word) => /^\p{Lu}/u.test(word));
	return (
		words
			.map((word) => word.charAt(0))
			.join('')
			.slice(0, 5) || name.slice(0, 3).toUpperCase()
	);
}
