import {
	type Activity,
	Article,
	type Object as AsObject,
	Audio,
	Document,
	Event,
	Hashtag,
	Image,
	Link,
	Mention,
	Note,
	Page,
	Question,
	Video,
} from '@fedify/vocab';
import type { DocumentLoader } from '@fedify/vocab-runtime';
import { NotAllowed } from '@understory/core/errors.ts';
import type { BranchPorts, IncomingPost } from '../ports.ts';
import { readEmoji } from './parse-emoji.ts';
import { readEvent } from './parse-event.ts';
import { readPoll } from './parse-poll.ts';
import { readCanQuote, readQuote } from './parse-quote.ts';
import { markup, plain } from './text.ts';

/** More mentions or recipients than this are not read. */
const MAX_PEOPLE = 200;
const MAX_TAGS = 50;
const MAX_MEDIA = 16;
const MAX_LINKS = 3;

interface PostParts {
	readonly actor: string;
	/** What it came in; null when it was fetched. */
	readonly activity: Activity | null;
	/** The object as it stands in what came, for words that Fedify does not read. */
	readonly document: unknown;
	readonly contexts: DocumentLoader;
	readonly clean: BranchPorts['clean'];
	/** UTC milliseconds; nothing was published later than this. */
	readonly now: number;
}

/**
 * Reads what people write and show: a Note, Article, Page, Event, Video, Audio, Image or Question; null for what is no post (a vote in a poll is a Note with a name and no content). Addressing is
 * the object's own, or the activity's when the object has none, as Mastodon reads it, and is handed on as it came. Throws NotAllowed
 * when somebody else is its author.
 */
export async function readPost(object: AsObject, parts: PostParts): Promise<IncomingPost | null> {
	const kind = kindOf(object);
	if (kind === null) return null;
	if (object.id === null) return null;
	const authors = object.attributionIds.map((author) => author.href);
	if (!authors.includes(parts.actor)) {
		throw new NotAllowed('A server speaks for its own people and posts only.', 'speaks_for_another');
	}
	const { html, language } = markup(object.contents);
	const content = isMarkup(object) ? html : paragraphs(html);
	const summary = plain(object.summary, 500);
	const warns = warnsBySummary(kind, object);
	// An event says in its summary when and where it is; that is no warning to fold it behind.
	const happens = object instanceof Event && !warns && summary !== '' ? `<p>${escaped(summary)}</p>` : '';
	// What is long brings its beginning as its summary (WordPress); that is needed only where there is nothing else.
	const excerpt = !warns && content === '' && happens === '' ? (object.summary?.toString() ?? '') : '';
	const told = `${happens}${content}${excerpt}${kind === 'Page' ? await linksOf(object, parts.contexts) : ''}`;
	const poll = object instanceof Question ? await readPoll(object, parts.contexts, parts.now) : null;
	const title = kind === 'Note' ? '' : plain(object.name, 300);
	const quote = await readQuote(object, parts.contexts);
	// A vote is a Note with a name and no content; a film may have a name and nothing else.
	if (told === '' && title === '' && poll === null && quote === null) return null;
	const own = object.toIds.length + object.ccIds.length > 0;
	const addressed = own || parts.activity === null ? object : parts.activity;
	return {
		id: object.id.href,
		author: parts.actor,
		url: pageOf(object, object.id),
		contentHtml: await parts.clean(told, { withoutQuoteLine: quote !== null }),
		kind,
		title,
		event: object instanceof Event ? await readEvent(object, parts.document, parts.contexts) : null,
		poll,
		summary: (warns && summary) || null,
		language,
		published: Math.min(object.published?.epochMilliseconds ?? parts.now, parts.now),
		inReplyTo: object.replyTargetId?.href ?? null,
		to: addressed.toIds.slice(0, MAX_PEOPLE).map((id) => id.href),
		cc: addressed.ccIds.slice(0, MAX_PEOPLE).map((id) => id.href),
		...(await tagsOf(object, parts.contexts)),
		emoji: await readEmoji(object, parts.contexts),
		sensitive: object.sensitive === true,
		attachments: await attachmentsOf(object, parts.contexts),
		quote,
		canQuote: readCanQuote(object),
	};
}

/** Of a note and a question the summary is what to know before one reads it; of what has a title only when it says that it is sensitive. */
function warnsBySummary(
	kind: IncomingPost['kind'],
	{ sensitive }: AsObject & { sensitive?: boolean | null },
): boolean {
	return kind === 'Note' || kind === 'Question' || sensitive === true;
}

/** PeerTube writes Markdown, which is read as it stands. */
function isMarkup({ mediaType }: AsObject): boolean {
	return mediaType !== 'text/markdown' && mediaType !== 'text/plain';
}

function paragraphs(text: string): string {
	const said = text.split(/(?:\r?\n){2,}/).filter((paragraph) => paragraph.trim() !== '');
	return said.map((paragraph) => `<p>${escaped(paragraph).replace(/\r?\n/g, '<br>')}</p>`).join('');
}

/** What a Page is about, where it is a link to something (Lemmy). */
async function linksOf(object: AsObject, contexts: DocumentLoader): Promise<string> {
	const found: string[] = [];
	const options = { contextLoader: contexts, documentLoader: contexts, suppressError: true };
	for await (const one of object.getAttachments(options)) {
		const href = one instanceof Link ? one.href : null;
		if (!href || !/^https?:$/.test(href.protocol) || href.href.length > 2048) continue;
		found.push(`<p><a href="${escaped(href.href)}">${escaped(href.href)}</a></p>`);
		if (found.length === MAX_LINKS) break;
	}
	return found.join('');
}

async function tagsOf(
	object: AsObject,
	contexts: DocumentLoader,
): Promise<Pick<IncomingPost, 'mentions' | 'tags'>> {
	const mentions: IncomingPost['mentions'][number][] = [];
	const tags: string[] = [];
	const options = { contextLoader: contexts, documentLoader: contexts, suppressError: true };
	for await (const tag of object.getTags(options)) {
		if (mentions.length === MAX_PEOPLE) break;
		if (tag instanceof Hashtag && tags.length < MAX_TAGS) tags.push(plain(tag.name, 100));
		if (!(tag instanceof Mention) || !tag.href) continue;
		mentions.push({ actor: tag.href.href, name: plain(tag.name, 200) || null });
	}
	return { mentions, tags };
}

async function attachmentsOf(
	object: AsObject,
	contexts: DocumentLoader,
): Promise<IncomingPost['attachments']> {
	const found: IncomingPost['attachments'][number][] = [];
	const options = { contextLoader: contexts, documentLoader: contexts, suppressError: true };
	for await (const one of object.getAttachments(options)) {
		if (found.length === MAX_MEDIA) break;
		if (!(one instanceof Document)) continue;
		const url = one.url instanceof URL ? one.url : one.url?.href;
		if (!url || !/^https?:$/.test(url.protocol) || url.href.length > 2048) continue;
		found.push({
			url: url.href,
			type: typeof one.mediaType === 'string' ? one.mediaType.toLowerCase() : defaultType(one),
			description: plain(one.name, 2000) || null,
			width: pixels(one.width),
			height: pixels(one.height),
		});
	}
	return found;
}

function defaultType(document: Document): string {
	if (document instanceof Image) return 'image/jpeg';
	if (document instanceof Video) return 'video/mp4';
	return document instanceof Audio ? 'audio/mpeg' : '';
}

function pixels(size: number | null): number | null {
	return size !== null && Number.isInteger(size) && size > 0 && size < 100_000 ? size : null;
}

function pageOf(object: AsObject, id: URL): string | null {
	const url = object.url instanceof URL ? object.url : (object.url?.href ?? null);
	return url !== null && url.origin === id.origin ? url.href : null;
}

const KINDS = [
	['Note', Note],
	['Article', Article],
	['Page', Page],
	['Event', Event],
	['Video', Video],
	['Audio', Audio],
	['Image', Image],
	['Question', Question],
] as const;

function kindOf(object: AsObject): IncomingPost['kind'] | null {
	return KINDS.find(([, type]) => object instanceof type)?.[0] ?? null;
}

function escaped(text: string): string {
	return text.replace(/[&<>"]/g, (character) => `&#${character.charCodeAt(0)};`);
}
