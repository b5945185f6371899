import type { IncomingMessage } from 'node:http';
import type { Reader } from '@understory/core/scope.ts';
import { serverActorOf } from '@understory/neighborhood/consent.ts';
import type { BranchPorts } from '../ports.ts';
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
				return followers(route.actor);
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
		const render = (reader: Reader) =>
			found && (route.activity ? serializer.create(found, reader) : serializer.note(found, reader));
		const open = render(NOBODY);
		if (open) return { document: open, keeping: 'anybody' };
		// Asked for even when there is no such post: the time it takes must not tell whether there is one.
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
	async function followers(id: string | null): Promise<Found | null> {
		const actor = id === null ? await ports.serverActor() : await ports.actorById(id);
		if (!actor) return null;
		const totalItems = await ports.followerCount?.(actor.id);
		const document = { '@context': CONTEXT, id: at.followers(actor), type: 'OrderedCollection', totalItems };
		return { document, keeping: 'anybody' };
	}

	function emptyCollection(id: string): Found {
		const document = { '@context': CONTEXT, id, type: 'OrderedCollection', totalItems: 0, orderedItems: [] };
		return { document, keeping: 'anybody' };
	}
}
