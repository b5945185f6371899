import type { QuotePolicy } from '@understory/core/quote.ts';
import type { Audience, Scope } from '@understory/core/scope.ts';
import type { WireEmoji } from '@understory/federation/emoji.ts';
import { emojiIn, emojiText } from './emoji.ts';
import { addWords, changeWords, wordsOf } from './search.ts';
import { added, sql, written } from './sql.ts';
import type { Reading, Writing } from './store.ts';

/** Somebody a post names: actor id and the name as written. */
export interface Mention {
	readonly actor: string;
	readonly handle: string;
}

/** What a post is, in ActivityStreams' word. */
export type PostKind = 'Note' | 'Article' | 'Page' | 'Event' | 'Video' | 'Audio' | 'Image' | 'Question';

/** A post, ours or a copy of somebody else's. */
export interface Post {
	readonly id: number;
	readonly uri: string;
	readonly url: string | null;
	/** Exactly one of the two is set. */
	readonly person: number | null;
	readonly remote: number | null;
	/** Sanitised when it was written. */
	readonly content_html: string;
	/** What the person typed; null for copies. */
	readonly source: string | null;
	readonly summary: string | null;
	readonly kind: PostKind;
	/** The title of what is no note. */
	readonly title: string | null;
	/** Its pictures are shown only when asked for. */
	readonly sensitive: boolean;
	readonly language: string | null;
	readonly scope: Scope;
	readonly audience: Audience;
	readonly mentions: readonly Mention[];
	readonly reply_to: number | null;
	readonly reply_uri: string | null;
	/** Id of the first post of the conversation. */
	readonly thread: number;
	readonly created: number;
	readonly edited: number | null;
	readonly deleted: number | null;
	/** Id of the decision that hides it. */
	readonly hidden: string | null;
	/** Id of the decision under whose label it stands, and of the one that ended its answers. */
	readonly label?: string | null;
	readonly locked?: string | null;
	/** The space of the board it stands in; null on the main board. Answers stand where their conversation does. */
	readonly space?: number | null;
	/** Who may quote a copy, as it said; of ours their authors say so, for all of them. */
	readonly can_quote?: QuotePolicy | null;
	/** The pictures in the words of a copy. */
	readonly emoji?: readonly WireEmoji[];
}

type Row = Omit<Post, 'audience' | 'mentions' | 'sensitive' | 'emoji'> & {
	readonly audience: string;
	readonly mentions: string;
	readonly sensitive: number;
	readonly emoji: string | null;
};

/** By our own number, deleted and hidden ones too: the caller decides what they mean. */
export function postById(reading: Reading, id: number): Post | undefined {
	return toPost(reading.first<Row>(written('SELECT * FROM post WHERE id = ?', id)));
}

/** By its id on the wire. */
export function postByUri(reading: Reading, uri: string): Post | undefined {
	return toPost(reading.first<Row>(written('SELECT * FROM post WHERE uri = ?', uri)));
}

/** What a board or a profile asks for; newest first. Deleted and hidden posts are left out. */
export interface PostQuery {
	/** Only posts that name this topic (`post-tags.ts`). */
	readonly tag?: string;
	readonly scopes?: readonly Scope[];
	readonly person?: number;
	readonly remote?: number;
	/** Only posts written here. */
	readonly local?: boolean;
	/** Only what these people wrote. */
	readonly authors?: { readonly people: readonly number[]; readonly remotes: readonly number[] };
	/** With `authors`: what these actors passed along, too. */
	readonly sharedBy?: readonly string[];
	/** Only posts that are not replies. */
	readonly first?: boolean;
	readonly before?: number;
	/** Only conversations of this space; null: only those of the main board. */
	readonly space?: number | null;
	/** With those a host hid. */
	readonly hidden?: boolean;
	readonly limit: number;
}

/** The newest posts that fit. Whether a reader may have them is not decided here. */
export function listPosts(reading: Reading, query: PostQuery): Post[] {
	let built = sql('post').whereNull('deleted').orderBy('id', 'desc').limit(query.limit);
	if (!query.hidden) built = built.whereNull('hidden');
	if (query.scopes?.length === 1) built = built.where({ scope: query.scopes[0] });
	else if (query.scopes) {
		// The plus keeps SQLite from gathering all posts of each scope and sorting them, where the newest few are asked for.
		built = built.whereRaw(`+scope IN (${query.scopes.map(() => '?').join(', ')})`, [...query.scopes]);
	}
	if (query.person !== undefined) built = built.where({ person: query.person });
	if (query.remote !== undefined) built = built.where({ remote: query.remote });
	if (query.local) built = built.whereNotNull('person');
	if (query.tag !== undefined) {
		built = built.whereIn('id', sql('post_tag').select('post').where({ name: query.tag }));
	}
	if (query.authors) built = built.whereRaw(...byAuthors(query, query.authors));
	if (query.space !== undefined) built = built.whereRaw(...standingIn(query.space));
	if (query.first) built = built.whereNull('reply_uri');
	if (query.before !== undefined) built = built.where('id', '<', query.before);
	return reading.all<Row>(built).map((row) => toPost(row)!);
}

function standingIn(space: number | null): [string, number[]] {
	if (space !== null) return ['thread IN (SELECT id FROM post WHERE space = ?)', [space]];
	const elsewhere = 'SELECT 1 FROM post AS begun WHERE begun.id = post.thread AND begun.space IS NOT NULL';
	return [`NOT EXISTS (${elsewhere})`, []];
}

/** Above so many people it is faster to look at the newest posts one by one than to gather each one's. */
const MANY = 40;

/** What these people wrote, and what was passed along: the newest of each kind, by their indexes. */
function byAuthors(
	{ sharedBy = [], before = Number.MAX_SAFE_INTEGER, limit }: PostQuery,
	{ people, remotes }: NonNullable<PostQuery['authors']>,
): [string, (string | number)[]] {
	const marks = (values: readonly unknown[]) => values.map(() => '?').join(', ');
	const shared = `SELECT post FROM act WHERE kind = 'share' AND actor IN (${marks(sharedBy)})`;
	if (people.length + remotes.length > MANY) {
		const text = `(+person IN (${marks(people)}) OR +remote IN (${marks(remotes)}) OR +id IN (${shared}))`;
		return [text, [...people, ...remotes, ...sharedBy]];
	}
	const newest = (column: string, values: readonly number[]) =>
		`SELECT id FROM (SELECT id FROM post WHERE ${column} IN (${marks(values)}) AND id < ? ORDER BY id DESC LIMIT ?)`;
	const text = `id IN (${newest('person', people)} UNION ${newest('remote', remotes)} UNION ${shared})`;
	return [text, [...people, before, limit, ...remotes, before, limit, ...sharedBy]];
}

/** A conversation, oldest first, with what was hidden or deleted in it. */
export function threadOf(reading: Reading, thread: number, limit: number): Post[] {
	return reading
		.all<Row>(sql('post').where({ thread }).orderBy('id').limit(limit))
		.map((row) => toPost(row)!);
}

/** What answers a post, oldest first. */
export function repliesTo(reading: Reading, post: number, limit: number): Post[] {
	return reading
		.all<Row>(sql('post').where({ reply_to: post }).orderBy('id').limit(limit))
		.map((row) => toPost(row)!);
}

/** How many posts people here have written. */
export function countPosts(reading: Reading): number {
	const query = sql('post').count({ n: '*' }).whereNotNull('person').whereNull('deleted').whereNull('hidden');
	return reading.first<{ n: number }>(query)?.n ?? 0;
}

/** Keeps a new post. */
export function addPost(writing: Writing, post: Post): void {
	const row: Row = {
		...post,
		audience: JSON.stringify(post.audience),
		mentions: JSON.stringify(post.mentions),
		sensitive: post.sensitive ? 1 : 0,
		emoji: emojiText(post.emoji ?? []),
	};
	writing.run(added('post', row));
	addWords(writing, post.id, wordsOf(post));
}

/** Changes what may change of a post; its audience never may (DESIGN section 2, scope). */
export function changePost(
	writing: Writing,
	id: number,
	changes: Partial<
		Pick<
			Post,
			| 'content_html'
			| 'title'
			| 'source'
			| 'summary'
			| 'sensitive'
			| 'language'
			| 'mentions'
			| 'edited'
			| 'deleted'
			| 'hidden'
			| 'can_quote'
			| 'emoji'
			| 'label'
			| 'locked'
			| 'space'
		>
	>,
): void {
	const { mentions, sensitive, emoji, ...rest } = changes;
	const row = {
		...rest,
		...(mentions === undefined ? {} : { mentions: JSON.stringify(mentions) }),
		...(sensitive === undefined ? {} : { sensitive: sensitive ? 1 : 0 }),
		...(emoji === undefined ? {} : { emoji: emojiText(emoji) }),
	};
	writing.run(sql('post').where({ id }).update(row));
	const changed = postById(writing, id);
	const says = changed && changed.deleted === null && changed.hidden === null;
	changeWords(writing, id, says ? wordsOf(changed) : '');
}

/** How many posts somebody here wrote since this id was made. */
export function countSince(reading: Reading, person: number, id: number): number {
	const query = sql('post').count({ n: '*' }).where({ person }).where('id', '>=', id);
	return reading.first<{ n: number }>(query)?.n ?? 0;
}

/** The highest number given out so far to posts, people, deliveries and notices; where the next ids begin. */
export function highestId(reading: Reading): number {
	const tables = [
		'post',
		'person',
		'remote_actor',
		'follow',
		'delivery',
		'notice',
		'attendance',
		'act',
		'post_version',
		'relation',
		'list',
		'filter',
		'media',
		'vote',
		'report',
		'matter',
		'matter_note',
		'staff_token',
		'import',
		'space',
	];
	const ids = tables.map((table) => reading.first<{ n: number | null }>(sql(table).max({ n: 'id' }))?.n ?? 0);
	return Math.max(...ids);
}

function toPost(row: Row | undefined): Post | undefined {
	if (!row) return undefined;
	return {
		...row,
		audience: JSON.parse(row.audience) as Audience,
		mentions: JSON.parse(row.mentions) as Mention[],
		sensitive: row.sensitive === 1,
		emoji: emojiIn(row.emoji),
	};
}
