import { originOf, scopeOf } from '@understory/core/scope.ts';
import type { TrustedHtml } from '@understory/design/safe-html.ts';
import { wantsToHear } from '../services/apart.ts';
import { authorElsewhere } from '../services/quote-rules.ts';
import { mayRead, readerFor } from '../services/readers.ts';
import { mediaOf } from '../store/media.ts';
import { type Post, postById } from '../store/posts.ts';
import { type Quote, quoteIn } from '../store/quotes.ts';
import { remoteById } from '../store/remote-actors.ts';
import { type AuthorView, localAuthor, remoteAuthor } from './author-view.ts';
import { EMOJI_OF, emojiView } from './emoji-view.ts';
import { beginningOf } from './fold.ts';
import { scopeLabel } from './scope-label.ts';
import type { Visit } from './visit.ts';
import type { Web } from './web.ts';

/** The quoted post in the quote: its words for this visitor, who may read it. */
export interface QuotedCard {
	readonly href: string;
	readonly author: AuthorView;
	readonly scope: { readonly word: string; readonly label: string };
	readonly at: number;
	readonly language: string | null;
	readonly title: TrustedHtml | null;
	/** It stands behind a note: only that is shown here. */
	readonly summary: TrustedHtml | null;
	readonly body: TrustedHtml;
	/** How it begins, when it is long. */
	readonly beginning: TrustedHtml | null;
	/** How many pictures, sounds and videos it has, to be seen on its own page. */
	readonly media: number;
	/** Its words changed since it was quoted. */
	readonly changed: boolean;
}

/** What a post quotes, as the partial draws it: a card, or words that say why there is none. */
export interface QuoteView {
	readonly card: QuotedCard | null;
	readonly words: string | null;
	readonly link: { readonly href: string; readonly label: string } | null;
	/** Where whoever is quoted answers, or takes a yes back. */
	readonly answer: string | null;
	readonly takeBack: string | null;
}

const NOTHING: QuoteView = { card: null, words: null, link: null, answer: null, takeBack: null };

/** Null for what quotes nothing. The caller has asked whether this visitor may read the post; whether they may read what it quotes is asked here. */
export function quoteView(web: Web, visit: Visit, post: Post): QuoteView | null {
	const quote = web.context.store.read((reading) => quoteIn(reading, post.id));
	if (!quote || post.deleted !== null || post.hidden !== null) return null;
	const quoted = quotedFor(web, visit, quote);
	const told = quoted === 'elsewhere' || quoted === 'not_for_you' ? null : quoted;
	const mine = told !== null && told.person !== null && told.person === visit.person?.id;
	const other = mine && post.person !== visit.person?.id;
	return {
		...NOTHING,
		...shown(web, visit, post, quote, quoted),
		answer:
			other && quote.state === 'asked' && askedFor(post, quote) ? `/posts/${post.id}/quote/answer` : null,
		takeBack: other && quote.state === 'agreed' ? `/posts/${post.id}/quote/back` : null,
	};
}

/** Somebody of this branch asks by writing the quote; somebody elsewhere by a QuoteRequest. */
function askedFor(post: Post, quote: Quote): boolean {
	return post.person !== null || quote.request !== null;
}

/** The card of a post that is to be quoted, before it is. */
export function quotedCard(
	web: Web,
	visit: Visit,
	quoted: Post,
	since = Number.MAX_SAFE_INTEGER,
): QuotedCard {
	const { store } = web.context;
	const remote =
		quoted.remote === null ? undefined : store.read((reading) => remoteById(reading, quoted.remote!));
	const author = remote ? remoteAuthor(web, visit, remote) : localAuthor(web, quoted.person ?? 0);
	const emoji = emojiView(web, visit, EMOJI_OF.post(quoted.id), quoted.emoji ?? []);
	const beginning = beginningOf(quoted);
	return {
		href: `${author.href}/${quoted.id}`,
		author,
		scope: { word: scopeOf(quoted.audience), label: scopeLabel(web, visit, quoted) },
		at: quoted.created,
		language: quoted.language,
		title: quoted.title ? emoji.line(quoted.title) : null,
		summary: quoted.summary ? emoji.line(quoted.summary) : null,
		body: emoji.markup(quoted.content_html),
		beginning: beginning === null ? null : emoji.line(beginning),
		media: store.read((reading) => mediaOf(reading, quoted.id)).length,
		changed: quoted.edited !== null && quoted.edited > since,
	};
}

/** The quoted post if this visitor may read it, or why not. */
function quotedFor(web: Web, visit: Visit, quote: Quote): Post | 'elsewhere' | 'not_for_you' {
	const { context } = web;
	const quoted =
		quote.quoted === null ? undefined : context.store.read((reading) => postById(reading, quote.quoted!));
	if (!quoted) return originOf(quote.uri) === context.origin ? 'not_for_you' : 'elsewhere';
	const gone = quoted.deleted !== null || quoted.hidden !== null;
	const whole = gone ? { ...quoted, deleted: null, hidden: null } : quoted;
	const reads = mayRead(context, whole, readerFor(context, visit.person));
	return reads || isShownToHost(web, visit, whole) ? quoted : 'not_for_you';
}

/** What a host sees on their own pages they see in a quote. */
function isShownToHost(web: Web, visit: Visit, quoted: Post): boolean {
	const scope = scopeOf(quoted.audience);
	const place = scope === 'branch' || scope === 'neighborhood' || scope === 'public';
	return place && visit.person === null && web.context.current.mayDecide(visit.staffId);
}

function shown(
	web: Web,
	visit: Visit,
	post: Post,
	quote: Quote,
	quoted: Post | 'elsewhere' | 'not_for_you',
): Partial<QuoteView> {
	const say = (key: string, values: Record<string, unknown> = {}) =>
		web.views.design.t(visit.language, `quotes.${key}`, values);
	if (quote.state === 'gone') return { words: say('gone') };
	if (quoted === 'not_for_you') return { words: say('not_for_you') };
	if (quoted === 'elsewhere') {
		const key = quote.state === 'agreed' || quote.state === 'link' ? 'elsewhere' : quote.state;
		const link = quote.state === 'refused' || quote.state === 'taken_back' ? null : linkTo(quote.uri, say);
		return { words: say(key === 'asked' ? 'waiting' : key), link };
	}
	if (quoted.deleted !== null) return { words: say('deleted') };
	if (quoted.hidden !== null) return { words: say('hidden') };
	const card = quotedCard(web, visit, quoted, post.created);
	const { name } = card.author;
	const link = { href: card.href, label: say('read', { name }) };
	// What whoever quotes can do about it.
	const stays = post.person !== null && post.person === visit.person?.id ? ` ${say('yours_stays')}` : '';
	switch (quote.state) {
		case 'link':
			return { words: say('link', { name }), link };
		case 'refused':
			return { words: `${say('refused_by', { name })}${stays}` };
		case 'taken_back':
			return { words: `${say('taken_back_by', { name })}${stays}` };
		case 'asked': {
			const me = visit.person?.id;
			if (me !== undefined && post.person === me) return { words: say('waiting_for', { name }), link };
			if (me !== undefined && quoted.person === me)
				return { words: say('asks_you'), link: { ...link, label: say('read_yours') } };
			return { words: say('waiting') };
		}
		default:
			if (isUnwanted(web, visit, quoted)) return { words: say('muted', { name }), link };
			return { card };
	}
}

/** Did this visitor mute whoever wrote it, or hide their server? */
function isUnwanted(web: Web, visit: Visit, quoted: Post): boolean {
	const { person } = visit;
	if (!person || quoted.person === person.id) return false;
	return web.context.store.read((reading) => {
		const actor =
			quoted.person === null ? authorElsewhere(reading, quoted) : web.context.at.person(quoted.person);
		return actor !== null && !wantsToHear(web.context, reading, person.id, actor);
	});
}

function linkTo(uri: string, say: (key: string, values?: Record<string, unknown>) => string) {
	if (!/^https?:/.test(originOf(uri))) return null;
	return { href: uri, label: say('at', { host: new URL(uri).host }) };
}
