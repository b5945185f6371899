import type { Engine } from './fedify/engine.ts';
import { createActorBodies } from './http/actor-bodies.ts';
import { createHandler } from './http/handler.ts';
import { createPages } from './http/pages.ts';
import { createWellKnown } from './http/well-known.ts';
import type { BranchPorts, Federation } from './ports.ts';
import { createInbox } from './receive/inbox.ts';
import { createIdentifyReader } from './receive/reader.ts';
import { createTakeIn } from './receive/short-way.ts';
import { createDeliver } from './send/deliver.ts';
import { createFetchCollection, createFetchPost, createFetchStamp } from './send/fetch-document.ts';
import { createFetchFile } from './send/fetch-file.ts';
import { createHanding } from './send/hand.ts';
import { createLookup } from './send/lookup.ts';
import { createActivities } from './wire/activities.ts';
import { createAddresses } from './wire/addresses.ts';
import { createPostSerializer, type Json } from './wire/post.ts';

/**
 * One branch's federation over its own store (DESIGN 4.6, 4.10, 5.4, 5.12). Cheap to make: Fedify, about half a second and 60 MB
 * the first time in a process, is imported only when another server is really spoken to, so that opening a branch and its
 * first page do not pay for it.
 */
export function createFederation(ports: BranchPorts): Federation {
	const at = createAddresses(ports.origin);
	const engine = createEngineOnce(ports);
	const serializer = createPostSerializer(at, () => ports.trust());
	const activities = createActivities(at);
	const identify = createIdentifyReader(ports, engine);
	const actors = createActorBodies(ports, at, engine);
	return {
		handle: createHandler({
			ports,
			actors,
			wellKnown: createWellKnown(at, engine),
			pages: createPages({ ports, at, serializer, identify }),
			inbox: createInbox(ports, engine),
		}),
		createFor: async (post, server, id) => text(serializer.create(post, server, id)),
		updateFor: async (post, server, id) => text(serializer.update(post, server, id)),
		deleteOf: async (post) => JSON.stringify(activities.deleteOf(post)),
		followOf: async (id, follower, object) => JSON.stringify(activities.followOf(id, follower, object)),
		unfollowOf: async (id, follower, object) => JSON.stringify(activities.unfollowOf(id, follower, object)),
		acceptOf: async (followed, follow) => JSON.stringify(activities.answerOf('Accept', followed, follow)),
		rejectOf: async (followed, follow) => JSON.stringify(activities.answerOf('Reject', followed, follow)),
		joinAnswerOf: async (type, organizer, join) =>
			JSON.stringify(activities.joinAnswerOf(type, organizer, join)),
		comingOf: async (type, id, actor, event) => JSON.stringify(activities.comingOf(type, id, actor, event)),
		quoteRequestFor: async (post, asked, server) => text(serializer.quoteRequest(post, asked, server)),
		quoteAnswerOf: async (type, quoted, request, stamp) =>
			JSON.stringify(activities.quoteAnswerOf(type, quoted, request, stamp)),
		unquoteOf: async (quoted, stamp) => JSON.stringify(activities.unquoteOf(quoted, stamp)),
		likeOf: async (id, actor, object) => JSON.stringify(activities.likeOf(id, actor, object)),
		announceOf: async (id, actor, object, when) =>
			JSON.stringify(activities.announceOf(id, actor, object, when)),
		async profileOf(actor, now) {
			const document = await actors(actor.kind === 'server' ? null : actor.id);
			return (
				document && JSON.stringify(activities.profileOf(actor, JSON.parse(document.toString('utf8')), now))
			);
		},
		moveOf: async (id, actor, target) => JSON.stringify(activities.moveOf(id, actor, target)),
		flagOf: async (id, flag) => JSON.stringify(activities.flagOf(id, flag)),
		pinOf: async (type, id, actor, object) => JSON.stringify(activities.pinOf(type, id, actor, object)),
		voteOf: async (id, actor, vote) => JSON.stringify(activities.voteOf(id, actor, vote)),
		farewellOf: async (actor) => JSON.stringify(activities.farewellOf(actor)),
		blockOf: async (id, actor, object) => JSON.stringify(activities.blockOf(id, actor, object)),
		undoActOf: async (type, id, actor, object) =>
			JSON.stringify(activities.undoActOf(type, id, actor, object)),
		send: createDeliver(ports, at, engine),
		handing: createHanding({ ports, at, actors, engine }),
		takeIn: createTakeIn(ports, engine),
		identify: (request) => identify(request, request.url ?? '/'),
		fetchFile: createFetchFile(ports, engine),
		fetchPost: createFetchPost(ports, engine),
		fetchStamp: createFetchStamp(ports, engine),
		fetchCollection: createFetchCollection(ports, engine),
		lookup: createLookup(ports, at, engine),
	};
}

function createEngineOnce(ports: BranchPorts): () => Promise<Engine> {
	let made: Promise<Engine> | null = null;
	return () => {
		made ??= import('./fedify/engine.ts').then(({ createEngine }) =>
			createEngine(ports, createAddresses(ports.origin)),
		);
		return made;
	};
}

function text(document: Json | null): string | null {
	return document && JSON.stringify(document);
}
