import { scopeOf } from '@understory/core/scope.ts';
import type { TrustedHtml } from '@understory/design/safe-html.ts';
import { warningFor } from '../services/filtering.ts';
import { ruleOf } from '../services/hosting/rule-of.ts';
import { mayBeQuoted } from '../services/quote-rules.ts';
import { refusesMedia } from '../services/remote-media.ts';
import { decisionById } from '../store/decisions.ts';
import { type Filter, filtersOf } from '../store/filters.ts';
import { mediaOf } from '../store/media.ts';
import { type Post, postById } from '../store/posts.ts';
import { remoteById } from '../store/remote-actors.ts';
import { type ActsView, actsView } from './act-view.ts';
import { type AuthorView, localAuthor, remoteAuthor } from './author-view.ts';
import { EMOJI_OF, emojiView } from './emoji-view.ts';
import { type EventView, eventView } from './event-view.ts';
import { beginningOf } from './fold.ts';
import { say } from './frame.ts';
import { type MediaView, mediaView } from './media-view.ts';
import { type PollView, pollView } from './poll-view.ts';
import { type QuoteView, quoteView } from './quote-view.ts';
import { inLanguage } from './routes/about.ts';
import { scopeLabel } from './scope-label.ts';
import { spaceOf } from './space-view.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** A post as the partial draws it. */
export interface PostView {
	readonly id: number;
	readonly href: string;
	readonly author: AuthorView;
	readonly cloth: string | null;
	readonly scope: { readonly word: string; readonly label: string };
	readonly at: number;
	readonly edited: number | null;
	readonly body: TrustedHtml;
	readonly media: readonly MediaView[];
	/** A sentence in their place, while hosts keep those of its server away. */
	readonly mediaRefused: string | null;
	readonly sensitive: boolean;
	/** A phrase in it that this visitor wants to be warned of. */
	readonly warned: string | null;
	/** Of what is no note, unless its event says it. */
	readonly title: TrustedHtml | null;
	/** Where it was published first, for more than a note from elsewhere. */
	readonly original: { readonly href: string; readonly host: string } | null;
	/** How it begins, when it is long. */
	readonly beginning: TrustedHtml | null;
	/** It is what this page is about, so it is open. */
	readonly opened: boolean;
	/** Set for an event. */
	readonly event: EventView | null;
	/** Set for a question. */
	readonly poll: PollView | null;
	/** Set for what quotes another post. */
	readonly quote: QuoteView | null;
	readonly language: string | null;
	readonly summary: TrustedHtml | null;
	/** The space of the board it stands in. */
	readonly space: { readonly name: string; readonly href: string } | null;
	/** A sentence when it answers in a smaller circle than what it answers. */
	readonly narrowed: string | null;
	/** Words for "taken down" or "taken back" in the place of the text. */
	readonly gone: { readonly text: string; readonly href: string | null } | null;
	readonly acts: ActsView;
	/** A host's note on it: the rule, and where it is said why. */
	readonly label: { readonly rule: string; readonly href: string } | null;
	/** Set when a host ended its answers. */
	readonly locked: { readonly href: string } | null;
	readonly canReply: boolean;
	/** Where to quote it, for whoever may or may ask. */
	readonly quoting: string | null;
	/** The address of the host's page about it, for those who decide. */
	readonly decide: string | null;
	/** Where to ask a host to look at it; null for one's own. */
	readonly report: string | null;
	/** Where to change it, for its author. */
	readonly edit: string | null;
	/** Where to take it back, for its author. */
	readonly takeBack: string | null;
}

/** Who wrote a post; `known` are those of the same page, who are looked at once. */
function authorOf(
	web: Web,
	visit: Visit,
	{ person, remote: id }: Post,
	known: Map<string, AuthorView>,
): AuthorView {
	const name = `${person} ${id}`;
	const before = known.get(name);
	if (before) return before;
	const remote = id === null ? undefined : web.context.store.read((reading) => remoteById(reading, id));
	const author = remote ? remoteAuthor(web, visit, remote) : localAuthor(web, person ?? 0, visit.language);
	known.set(name, author);
	return author;
}

/** The pictures of a post; of a server whose pictures hosts keep away, that there are some. */
function mediaFor(web: Web, visit: Visit, post: Post): Pick<PostView, 'media' | 'mediaRefused'> {
	const media = web.context.store.read((reading) => mediaOf(reading, post.id)).map(mediaView);
	if (media.length === 0 || !refusesMedia(web.context, post)) return { media, mediaRefused: null };
	const { t } = web.views.design;
	return { media: [], mediaRefused: t(visit.language, 'media.refused', { host: new URL(post.uri).host }) };
}

/** Where a post stands, for whoever shows no more of it. */
export function postHref(web: Web, visit: Visit, post: Post): string {
	return `${authorOf(web, visit, post, new Map()).href}/${post.id}`;
}

/** The posts of a page, as with `postView`. */
export function postViews(web: Web, visit: Visit, posts: readonly Post[]): PostView[] {
	const authors = new Map<string, AuthorView>();
	return web.context.store.read(() => posts.map((post) => postView(web, visit, post, authors)));
}

/** A post for this visitor, who may read it: the caller has asked. */
export function postView(
	web: Web,
	visit: Visit,
	post: Post,
	authors: Map<string, AuthorView> = new Map(),
): PostView {
	const author = authorOf(web, visit, post, authors);
	const drawn = refusesMedia(web.context, post) ? [] : (post.emoji ?? []);
	const emoji = emojiView(web, visit, EMOJI_OF.post(post.id), drawn);
	const beginning = beginningOf(post);
	const site = `${web.context.current.library().accountability_origin}/statements/`;
	const event = eventView(web, visit, post);
	const hosting = web.context.current.mayDecide(visit.staffId);
	const mine = visit.person !== null && post.person === visit.person.id;
	return {
		id: post.id,
		href: `${author.href}/${post.id}`,
		author,
		cloth: author.spine?.cloth ?? null,
		scope: { word: scopeOf(post.audience), label: scopeLabel(web, visit, post) },
		at: post.created,
		edited: post.edited,
		body: emoji.markup(post.content_html),
		...mediaFor(web, visit, post),
		sensitive: post.sensitive,
		warned: visit.person && warningFor(filtersIn(web, visit), visit.person, post),
		title: event || !post.title ? null : emoji.line(post.title),
		original: originalOf(post),
		beginning: beginning === null ? null : emoji.line(beginning),
		opened: visit.request.path === `${author.href}/${post.id}`,
		event,
		poll: pollView(web, visit, post, emoji),
		quote: quoteView(web, visit, post),
		language: post.language,
		summary: post.summary ? emoji.line(post.summary) : null,
		space: spaceOf(web, visit, post),
		narrowed: narrowed(web, visit, post, author),
		gone: goneWords(web, visit, post),
		acts: actsView(web, visit, post),
		label: labelOf(web, visit, post),
		locked: post.locked == null ? null : { href: `${site}${post.locked}` },
		canReply: visit.person?.standing === 'full' && post.hidden === null && post.locked == null,
		quoting: isQuotable(web, visit, post) ? `/posts/${post.id}/quote` : null,
		decide: hosting && post.hidden === null ? `/staff/posts/${post.id}/decide` : null,
		report: mine || post.hidden !== null ? null : reportHref(visit, post, author),
		edit: mine && post.hidden === null ? `/${event ? 'events' : 'posts'}/${post.id}/edit` : null,
		takeBack: mine ? `/posts/${post.id}/delete` : null,
	};
}

/** Whoever has no account can ask about what everybody can read. */
function reportHref(visit: Visit, { id, audience }: Post, { href }: AuthorView): string | null {
	if (visit.person) return `/posts/${id}/report`;
	return scopeOf(audience) === 'public' ? `/report?page=${encodeURIComponent(`${href}/${id}`)}` : null;
}

/** Is it worth asking? Whether they may in the end is decided when they do. */
function isQuotable(web: Web, visit: Visit, post: Post): boolean {
	const { person } = visit;
	if (person?.standing !== 'full' || post.deleted !== null || post.hidden !== null || post.id === 0)
		return false;
	return web.context.store.read((reading) => mayBeQuoted(web.context, reading, post, person.id));
}

/** The filters of whoever asks, read once for a page. */
function filtersIn(web: Web, visit: Visit): readonly Filter[] {
	const { locals } = visit.response;
	const known = locals.filters as readonly Filter[] | undefined;
	if (known || !visit.person) return known ?? [];
	const { store, clock } = web.context;
	const filters = store.read((reading) => filtersOf(reading, visit.person!.id, clock.now()));
	locals.filters = filters;
	return filters;
}

function narrowed(web: Web, visit: Visit, post: Post, author: AuthorView): string | null {
	if (post.reply_to === null || post.audience.reach !== 'branch') return null;
	const parent = web.context.store.read((reading) => postById(reading, post.reply_to!));
	if (!parent || parent.audience.reach === 'branch') return null;
	return say(web, visit, 'post.narrowed', { name: author.name, branch: web.context.current.branch().name });
}

function originalOf(post: Post): PostView['original'] {
	const href = post.url ?? post.uri;
	if (post.remote === null || post.kind === 'Note' || !/^https?:/.test(href)) return null;
	return { href, host: new URL(href).host };
}

function labelOf(web: Web, visit: Visit, { label }: Post): PostView['label'] {
	if (label == null) return null;
	const decision = web.context.store.read((reading) => decisionById(reading, label));
	const rule = decision && ruleOf(web.context, decision);
	const site = web.context.current.library().accountability_origin;
	return { rule: rule ? inLanguage(rule.title, visit) : '', href: `${site}/statements/${label}` };
}

function goneWords(web: Web, visit: Visit, post: Post): PostView['gone'] {
	if (post.deleted !== null) return { text: say(web, visit, 'post.taken_back'), href: null };
	if (post.hidden === null) return null;
	const site = web.context.current.library().accountability_origin;
	return { text: say(web, visit, 'post.hidden'), href: `${site}/statements/${post.hidden}` };
}
