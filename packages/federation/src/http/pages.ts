import type { IncomingMessage } from 'node:http';
import { type Reader, scopeOf } from '@understory/core/scope.ts';
import { serverActorOf } from '@understory/neighborhood/consent.ts';
import type { BranchPorts, KnownPost, WirePost } from '../ports.ts';
import type { IdentifyReader } from '../receive/reader.ts';
import type { Addresses } from '../wire/addresses.ts';
import type { Json, PostSerializer } from '../wire/post.ts';
import type { Keeping } from './answer.ts';
import type { Route } from './paths.ts';

/** A document, and who may keep it. */
export interface Found {
	readonly document: Json;
	readonly keeping: Keeping;
}

/** Answers a GET for a post or a collection; null when there is nothing for this asker. */
export type Pages = (route: Route, request: IncomingMessage, path: string) => Promise<Found | null>;

const NOBODY: Reader = { kind: 'nobody' };
const OUTBOX_LENGTH = 20;
const CONTEXT = 'https://www.w3.org/ns/activitystreams';

/** Reads through the serializer alone, so that what is not allowed cannot be answered (DESIGN 4.6). */
export function createPages(parts: {
	ports: BranchPorts;
	at: Addresses;
	serializer: PostSerializer;
	identify: IdentifyReader;
}): Pages {
	const { ports, at, serializer, identify } = parts;
	return async (route, request, path) => {
		switch (route.name) {
			case 'post':
				return post(route, request, path);
			case 'neighbors':
				return neighbors(request, path);
			case 'outbox':
				return route.actor === null ? emptyCollection(`${at.origin}/ap/actor/outbox`) : outbox(route.actor);
			case 'followers':
				return counted(route.actor, 'followers');
			case 'following':
				return counted(route.actor, 'following');
			case 'followers_here':
				return route.actor === null ? null : followersHere(route.actor, request, path);
			case 'featured':
				return route.actor === null ? null : featured(route.actor);
			case 'quote_authorization':
				return quoteAuthorization(route, request, path);
			case 'conversation':
				return conversation(route.post, request, path);
			default:
				return null;
		}
	};

	async function post(
		route: Extract<Route, { name: 'post' }>,
		request: IncomingMessage,
		path: string,
	): Promise<Found | null> {
		const stored = await ports.postById(route.post);
		const found = stored?.author.id === route.actor && stored.author.kind !== 'server' ? stored : null;
		if (route.part === 'replies') return replies(found, request, path);
		const render = (reader: Reader) =>
			found &&
			(route.part === 'activity' ? serializer.create(found, reader) : serializer.note(found, reader));
		const open = render(NOBODY);
		if (open) return { document: open, keeping: 'anybody' };
		// Asked for even when there is no such post: the time it takes must not tell whether there is one.
		const document = render(await identify(request, path));
		return document && { document, keeping: 'asker' };
	}

	/** For whoever may read what is quoted (FEP-044f). Its address is told with the quote, and cannot be guessed. */
	async function quoteAuthorization(
		{ actor, token }: Extract<Route, { name: 'quote_authorization' }>,
		request: IncomingMessage,
		path: string,
	): Promise<Found | null> {
		const found = await ports.quoteAuthorization(actor, token);
		const render = (reader: Reader) => {
			if (!found) return null;
			const id = at.quoteAuthorization(found.quoted.author, token);
			return serializer.quoteAuthorization(found.quoted, { id, quoting: found.quoting }, reader);
		};
		const open = render(NOBODY);
		if (open) return { document: open, keeping: 'anybody' };
		const document = render(await identify(request, path));
		return document && { document, keeping: 'asker' };
	}

	async function neighbors(request: IncomingMessage, path: string): Promise<Found | null> {
		const reader = await identify(request, path);
		const origins = ports.trust().neighborsOf(at.origin);
		if (reader.kind !== 'server' || !origins.has(reader.origin)) return null;
		const items = [...origins].sort().map(serverActorOf);
		const document = {
			'@context': CONTEXT,
			id: at.neighbors,
			type: 'Collection',
			totalItems: items.length,
			items,
		};
		return { document, keeping: 'asker' };
	}

	async function outbox(id: string): Promise<Found | null> {
		const actor = await ports.actorById(id);
		if (!actor) return null;
		const posts = await ports.publicPosts(id, OUTBOX_LENGTH);
		const orderedItems = posts.map((each) => serializer.create(each, NOBODY)).filter((each) => each !== null);
		const document = { '@context': CONTEXT, id: at.outbox(actor), type: 'OrderedCollection', orderedItems };
		return { document, keeping: 'anybody' };
	}

	/** How many, never who (people of a library are not listed). */
	async function counted(id: string | null, which: 'followers' | 'following'): Promise<Found | null> {
		const actor = id === null ? await ports.serverActor() : await ports.actorById(id);
		if (!actor) return null;
		const { [which]: totalItems } = await ports.followCounts(actor.id);
		const document = { '@context': CONTEXT, id: at[which](actor), type: 'OrderedCollection', totalItems };
		return { document, keeping: 'anybody' };
	}

	/** The followers who live on the server that asks, and nobody else's (FEP-8fcf): it knows them already. */
	async function followersHere(id: string, request: IncomingMessage, path: string): Promise<Found | null> {
		const reader = await identify(request, path);
		const actor = await ports.actorById(id);
		if (!actor || reader.kind !== 'server') return null;
		const items = await ports.followersAt(id, reader.origin);
		return { document: list(at.followersHere(actor), 'OrderedCollection', items), keeping: 'asker' };
	}

	/** What an actor pinned, as far as it is for everyone. */
	async function featured(id: string): Promise<Found | null> {
		const actor = await ports.actorById(id);
		if (!actor) return null;
		const posts = await ports.featuredPosts(id);
		const orderedItems = posts.map((each) => serializer.note(each, NOBODY)).filter((each) => each !== null);
		return { document: list(at.featured(actor), 'OrderedCollection', orderedItems), keeping: 'anybody' };
	}

	/** Addresses of what answers a post, those that this asker may read; null when they may not read the post itself. */
	async function replies(
		post: WirePost | null,
		request: IncomingMessage,
		path: string,
	): Promise<Found | null> {
		const reader = await identify(request, path);
		if (!post || !serializer.note(post, reader)) return null;
		const items = addressesFor(await ports.repliesTo(post.id), reader);
		return { document: list(at.replies(post.author, post.id), 'Collection', items), keeping: 'asker' };
	}

	/** The conversation that began here, as far as this asker may read it (FEP-7888). */
	async function conversation(id: string, request: IncomingMessage, path: string): Promise<Found | null> {
		const reader = await identify(request, path);
		const post = await ports.postById(id);
		if (!post || !serializer.note(post, reader)) return null;
		const items = addressesFor(await ports.conversation(id), reader);
		const attributedTo = at.actor(post.author);
		const document = { ...list(at.context(id), 'OrderedCollection', items), attributedTo };
		return { document, keeping: 'asker' };
	}

	/** Ours by what the serializer would give; of others' only what is for everyone, since only their own server knows the rest. */
	function addressesFor(posts: readonly KnownPost[], reader: Reader): string[] {
		return posts.flatMap((known) => {
			if ('uri' in known) return scopeOf(known.audience) === 'public' ? [known.uri] : [];
			return serializer.note(known.post, reader) ? [at.post(known.post.author, known.post.id)] : [];
		});
	}

	function list(id: string, type: 'Collection' | 'OrderedCollection', items: readonly unknown[]): Json {
		const name = type === 'Collection' ? 'items' : 'orderedItems';
		// Posts bring the terms they use with them.
		const embedded = items.find((item): item is Json => typeof item === 'object');
		const plain = items.map((item) =>
			typeof item === 'object' ? { ...(item as Json), '@context': undefined } : item,
		);
		const context = embedded?.['@context'] ?? CONTEXT;
		return { '@context': context, id, type, totalItems: items.length, [name]: plain };
	}

	function emptyCollection(id: string): Found {
		const document = { '@context': CONTEXT, id, type: 'OrderedCollection', totalItems: 0, orderedItems: [] };
		return { document, keeping: 'anybody' };
	}
}
