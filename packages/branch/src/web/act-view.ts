import { mayPassAlong } from '../services/acting.ts';
import { somebodyBy } from '../services/following.ts';
import { authorElsewhere } from '../services/quote-rules.ts';
import { mayRead, readerFor } from '../services/readers.ts';
import { type Act, type ActKind, actsOf, actsOn } from '../store/acts.ts';
import { type Post, postById } from '../store/posts.ts';
import { quotesOf } from '../store/quotes.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** A button of a post's row. */
export interface ActView {
	readonly kind: ActKind;
	readonly icon: string;
	readonly label: string;
	readonly action: string;
}

/** What this visitor may do with a post, and what others did. */
export interface ActsView {
	readonly buttons: readonly ActView[];
	/** "Gus and Anh starred it", never a number in the place of people. */
	readonly said: readonly string[];
	/** "Gus and Anh quoted it", and where these quotes are; null when nobody did. */
	readonly quoted: { readonly words: string; readonly href: string } | null;
	/** Passed along is not offered, and this is why. */
	readonly stays: boolean;
}

/** How many acts are looked at for the names, and how many names are said. */
const LOOKED = 60;
const NAMED = 3;

const NOTHING: ActsView = { buttons: [], said: [], quoted: null, stays: false };

/** For people who are signed in; others see neither buttons nor names. */
export function actsView(web: Web, visit: Visit, post: Post): ActsView {
	const { person } = visit;
	if (!person || post.deleted !== null || post.hidden !== null) return NOTHING;
	const { store, at } = web.context;
	const [mine, all] = store.read((reading) => [
		actsOf(reading, post.id, at.person(person.id)),
		actsOn(reading, post.id, LOOKED),
	]);
	const offered: ActKind[] = person.standing === 'full' ? ['star', 'share', 'keep', 'pin'] : ['keep'];
	const buttons = offered
		.filter((kind) => (kind === 'pin' ? post.person === person.id : kind !== 'share' || mayPassAlong(post)))
		.map((kind) => button(web, visit, post, kind, mine.includes(kind)));
	const quoted = quotedBy(web, visit, post);
	return { buttons, said: said(web, visit, post, all), quoted, stays: !mayPassAlong(post) };
}

const ICONS = { star: 'star', share: 'boost', keep: 'bookmark', pin: 'info' } as const;

function button(web: Web, visit: Visit, post: Post, kind: ActKind, done: boolean): ActView {
	const near = kind === 'share' && post.audience.reach === 'neighborhood' ? 'share_here' : kind;
	return {
		kind,
		icon: done && kind === 'star' ? 'star-on' : ICONS[kind],
		label: web.views.design.t(visit.language, `acts.${done ? 'undo' : 'do'}.${near}`),
		action: `/posts/${post.id}/${done ? `un${kind}` : kind}`,
	};
}

/** Those who quoted it with the consent of whoever wrote it, where this visitor may read the quote. */
function quotedBy(web: Web, visit: Visit, post: Post): ActsView['quoted'] {
	const { store, at } = web.context;
	const quotes = store
		.read((reading) => quotesOf(reading, post.id, LOOKED))
		.filter(({ state }) => state === 'agreed');
	if (quotes.length === 0) return null;
	const reader = readerFor(web.context, visit.person);
	const actors = store.read((reading) =>
		quotes.flatMap((quote) => {
			const found = postById(reading, quote.post);
			if (!found || !mayRead(web.context, found, reader)) return [];
			return found.person === null ? (authorElsewhere(reading, found) ?? []) : at.person(found.person);
		}),
	);
	if (actors.length === 0) return null;
	const each = [...new Set(actors)];
	const names = listed(web, visit, each);
	return {
		words: web.views.design.t(visit.language, 'acts.said.quote', { names, count: each.length }),
		href: `/posts/${post.id}/quotes`,
	};
}

function said(web: Web, visit: Visit, post: Post, acts: readonly Act[]): string[] {
	return (['share', 'star'] as const).flatMap((kind) => {
		const actors = acts.filter((one) => one.kind === kind).map(({ actor }) => actor);
		if (actors.length === 0) return [];
		const names = listed(web, visit, actors);
		const key = kind === 'share' && post.audience.reach === 'neighborhood' ? 'share_here' : kind;
		return [web.views.design.t(visit.language, `acts.said.${key}`, { names, count: actors.length })];
	});
}

/** A few names, and how many others. */
function listed(web: Web, visit: Visit, actors: readonly string[]): string {
	const shown = actors.slice(0, NAMED).map((actor) => nameOf(web, actor));
	const others = actors.length - shown.length;
	if (others > 0) shown.push(web.views.design.t(visit.language, 'acts.others', { count: others }));
	return new Intl.ListFormat(visit.language, { type: 'conjunction' }).format(shown);
}

function nameOf(web: Web, actor: string): string {
	const who = somebodyBy(web.context, actor);
	if (!who) return new URL(actor).host;
	return who.kind === 'here' ? who.person.name : who.remote.name;
}
