import type { Readable } from 'node:stream';
import { scopeOf } from '@understory/core/scope.ts';
import type { BranchContext } from '../context.ts';
import { actsBy } from '../store/acts.ts';
import { asideOf } from '../store/aside.ts';
import { followersOf, followsOf } from '../store/follows.ts';
import { listsOf, membersOf } from '../store/lists.ts';
import { type Media, mediaOf } from '../store/media.ts';
import type { Person } from '../store/people.ts';
import { listPosts, type Post, postById } from '../store/posts.ts';
import { type Quote, quoteIn } from '../store/quotes.ts';
import { relationsBy } from '../store/relations.ts';
import type { Reading } from '../store/store.ts';
import { addressOf } from './address-of.ts';
import {
	decisionsAbout,
	filtersCsv,
	moreOfPerson,
	moreOfPost,
	questionsTo,
	reportsMade,
} from './archive-more.ts';
import { csvRow } from './csv.ts';

/** What of an archive is for people to read: a page, made by whoever knows the words. */
export interface ArchivePage {
	/** Path of a post's page, its scope in words, its text and its files below `media/`. */
	render(
		posts: readonly {
			readonly post: Post;
			readonly media: readonly Media[];
			readonly quote: string | null;
		}[],
	): string;
}

/** A file of an archive: bytes, or a path on this disk. */
type Part = { readonly name: string } & ({ readonly text: string } | { readonly path: string });

const CONTEXT = 'https://www.w3.org/ns/activitystreams';
/** With the words for quotes (FEP-044f). */
const OUTBOX_CONTEXT = [
	CONTEXT,
	{
		quote: { '@id': 'https://w3id.org/fep/044f#quote', '@type': '@id' },
		quoteAuthorization: { '@id': 'https://w3id.org/fep/044f#quoteAuthorization', '@type': '@id' },
	},
];

/**
 * Everything of somebody's at this branch as one zip (DESIGN 4.13): posts and profile as ActivityStreams, follows, lists and whom they keep away from
 * in the files Mastodon imports, pictures as they are, and a page to read. Of others' posts, starred or kept, the address alone.
 */
export async function archiveOf(
	context: BranchContext,
	person: Person,
	page: ArchivePage,
): Promise<Readable> {
	// Not needed to serve a page, so it is loaded with the first archive.
	const { ZipFile } = await import('yazl');
	const zip = new ZipFile();
	const at = new Date(context.clock.now());
	for (const part of partsOf(context, person, page)) {
		if ('path' in part) zip.addFile(part.path, part.name, { mtime: at, compress: false });
		else zip.addBuffer(Buffer.from(part.text), part.name, { mtime: at });
	}
	zip.end();
	return zip.outputStream as Readable;
}

function partsOf(context: BranchContext, person: Person, page: ArchivePage): Part[] {
	return context.store.read((reading) => {
		const actor = context.at.person(person.id);
		const posts = ownPosts(reading, person.id);
		const media = posts.flatMap(({ media }) => media);
		const json = (value: unknown) => `${JSON.stringify(value, null, '\t')}\n`;
		const address = (uri: string) => addressOf(context, reading, uri);
		const away = relationsBy(reading, actor, context.clock.now());
		// What is set aside with a server has not ended.
		const aside = asideOf(reading, actor);
		const mine = aside.filter(({ follower }) => follower === actor);
		const theirs = aside.filter(({ followed }) => followed === actor).map(({ follower }) => follower);
		const of = (kind: string) => away.filter((one) => one.kind === kind).map(({ object }) => object);
		const acts = (kind: 'star' | 'keep') => addressesOfActs(reading, actor, kind);
		return [
			{
				name: 'index.html',
				text: page.render(posts.map((one) => ({ ...one, quote: one.quote?.uri ?? null }))),
			},
			{ name: 'actor.json', text: json({ ...actorOf(context, person), ...moreOfPerson(reading, person) }) },
			{ name: 'outbox.json', text: json(outboxOf(context, reading, person, posts)) },
			{ name: 'likes.json', text: json(collection('likes.json', acts('star'))) },
			{ name: 'bookmarks.json', text: json(collection('bookmarks.json', acts('keep'))) },
			{
				name: 'following_accounts.csv',
				text: followingCsv([...followsOf(reading, actor), ...mine], address),
			},
			{
				name: 'followers.csv',
				text: table(['Account address'], [...followersOf(reading, actor), ...theirs].map(address)),
			},
			{ name: 'blocked_accounts.csv', text: table([], of('block').map(address)) },
			{ name: 'muted_accounts.csv', text: mutesCsv(of('mute').map(address)) },
			{
				name: 'blocked_domains.csv',
				text: table(
					[],
					of('hide').map((origin) => new URL(origin).host),
				),
			},
			{ name: 'lists.csv', text: listsCsv(reading, person.id, address) },
			{ name: 'bookmarks.csv', text: table([], acts('keep')) },
			{ name: 'filters.csv', text: filtersCsv(context, reading, person) },
			{ name: 'questions.json', text: json(questionsTo(context, reading, person)) },
			{ name: 'reports.json', text: json(reportsMade(context, reading, person)) },
			{ name: 'decisions.json', text: json(decisionsAbout(context, reading, person)) },
			...media.flatMap(({ file }): Part[] =>
				file ? [{ name: `media/${file}`, path: context.media.pathOf(file) }] : [],
			),
		];
	});
}

/** A post with what it shows, and the address of what it quotes and of the yes to that: whose words those are may change their mind. */
interface OwnPost {
	readonly post: Post;
	readonly media: Media[];
	readonly quote: Quote | null;
}

/** All of them, oldest first; what a host hid too, since it is theirs. */
function ownPosts(reading: Reading, person: number): OwnPost[] {
	const found: OwnPost[] = [];
	let before = Number.MAX_SAFE_INTEGER;
	for (;;) {
		const posts = listPosts(reading, { person, before, hidden: true, limit: 500 });
		const whole = (post: Post) => {
			const quote = quoteIn(reading, post.id);
			return { post, media: mediaOf(reading, post.id), quote: quote?.uri ? quote : null };
		};
		found.push(...posts.map(whole));
		if (posts.length < 500) return found.reverse();
		before = posts.at(-1)!.id;
	}
}

function actorOf(context: BranchContext, person: Person): object {
	return {
		'@context': CONTEXT,
		id: context.at.person(person.id),
		type: 'Person',
		preferredUsername: person.handle,
		name: person.name,
		summary: person.summary_html,
		published: new Date(person.created).toISOString(),
		url: context.at.profile(person.handle),
		likes: 'likes.json',
		bookmarks: 'bookmarks.json',
		outbox: 'outbox.json',
	};
}

function outboxOf(
	context: BranchContext,
	reading: Reading,
	person: Person,
	posts: readonly OwnPost[],
): object {
	const actor = context.at.person(person.id);
	const orderedItems = posts.map(({ post, media, quote }) => ({
		id: `${post.uri}/activity`,
		type: 'Create',
		actor,
		published: new Date(post.created).toISOString(),
		object: {
			id: post.uri,
			type: post.kind,
			attributedTo: actor,
			...(post.title ? { name: post.title } : {}),
			content: post.content_html,
			source: { content: post.source, mediaType: 'text/plain' },
			summary: post.summary,
			sensitive: post.sensitive,
			inReplyTo: post.reply_uri,
			...moreOfPost(reading, post),
			...(quote ? { quote: quote.uri } : {}),
			...(quote?.state === 'agreed' && quote.stamp !== null ? { quoteAuthorization: quote.stamp } : {}),
			published: new Date(post.created).toISOString(),
			...(post.edited === null ? {} : { updated: new Date(post.edited).toISOString() }),
			url: post.url,
			scope: scopeOf(post.audience),
			tag: post.mentions.map((mention) => ({
				type: 'Mention',
				href: mention.actor,
				name: `@${mention.handle}`,
			})),
			attachment: media.map(({ type, file, description }) => ({
				type: 'Document',
				mediaType: type,
				url: `media/${file}`,
				name: description,
			})),
		},
	}));
	return {
		'@context': OUTBOX_CONTEXT,
		id: 'outbox.json',
		type: 'OrderedCollection',
		totalItems: orderedItems.length,
		orderedItems,
	};
}

function collection(id: string, orderedItems: readonly string[]): object {
	return {
		'@context': CONTEXT,
		id,
		type: 'OrderedCollection',
		totalItems: orderedItems.length,
		orderedItems,
	};
}

function addressesOfActs(reading: Reading, actor: string, kind: 'star' | 'keep'): string[] {
	return actsBy(reading, actor, kind, 100_000).flatMap(({ post }) => postById(reading, post)?.uri ?? []);
}

function table(heading: readonly string[], values: readonly string[]): string {
	return [...(heading.length > 0 ? [heading] : []), ...values.map((value) => [value])].map(csvRow).join('');
}

function followingCsv(
	follows: readonly { readonly followed: string }[],
	address: (uri: string) => string,
): string {
	const heading = ['Account address', 'Show boosts', 'Notify on new posts', 'Languages'];
	const rows = follows.map(({ followed }) => [address(followed), 'true', 'false', '']);
	return [heading, ...rows].map(csvRow).join('');
}

function mutesCsv(addresses: readonly string[]): string {
	const rows = addresses.map((address) => [address, 'true']);
	return [['Account address', 'Hide notifications'], ...rows].map(csvRow).join('');
}

function listsCsv(reading: Reading, person: number, address: (uri: string) => string): string {
	return listsOf(reading, person)
		.flatMap(({ id, name }) => membersOf(reading, id).map((uri) => csvRow([name, address(uri)])))
		.join('');
}
