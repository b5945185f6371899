import { mayPassAlong } from '../services/acting.ts';
import { somebodyBy } from '../services/following.ts';
import { type Act, type ActKind, actsOf, actsOn } from '../store/acts.ts';
import type { Post } from '../store/posts.ts';
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
	/** Passed along is not offered, and this is why. */
	readonly stays: boolean;
}

/** How many acts are looked at for the names, and how many names are said. */
const LOOKED = 60;
const NAMED = 3;

const NOTHING: ActsView = { buttons: [], said: [], stays: false };

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
	return { buttons, said: said(web, visit, post, all), stays: !mayPassAlong(post) };
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

function said(web: Web, visit: Visit, post: Post, acts: readonly Act[]): string[] {
	return (['share', 'star'] as const).flatMap((kind) => {
		const names = acts.filter((one) => one.kind === kind).map(({ actor }) => nameOf(web, actor));
		if (names.length === 0) return [];
		const shown = names.slice(0, NAMED);
		const others = names.length - shown.length;
		if (others > 0) shown.push(web.views.design.t(visit.language, 'acts.others', { count: others }));
		const list = new Intl.ListFormat(visit.language, { type: 'conjunction' }).format(shown);
		const key = kind === 'share' && post.audience.reach === 'neighborhood' ? 'share_here' : kind;
		return [web.views.design.t(visit.language, `acts.said.${key}`, { names: list, count: names.length })];
	});
}

function nameOf(web: Web, actor: string): string {
	const who = somebodyBy(web.context, actor);
	if (!who) return new URL(actor).host;
	return who.kind === 'here' ? who.person.name : who.remote.name;
}
