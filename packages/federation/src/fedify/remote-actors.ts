import { type Actor, Object as AsObject, isActor } from '@fedify/vocab';
import type { DocumentLoader } from '@fedify/vocab-runtime';
import { originOf } from '@understory/core/scope.ts';
import type { WireEmoji } from '../emoji.ts';
import type { BranchPorts, RemoteActor } from '../ports.ts';
import { readEmoji } from './parse-emoji.ts';
import { plain } from './text.ts';
import { isUnreadable } from './unreadable.ts';

const MAX_ALIASES = 20;
/** How long somebody's name and inbox are kept, in milliseconds. */
const LIFE = 6 * 60 * 60_000;

/** Somebody elsewhere, with the keys their document lists. */
export interface KnownActor {
	readonly actor: RemoteActor;
	readonly keys: readonly string[];
}

/** Who people on other servers are. */
export interface RemoteActors {
	/** From the cache, or fetched with `load`; null when the document is none of an actor. Throws FetchError. */
	find(id: string, load: DocumentLoader): Promise<RemoteActor | null>;
	/** Fetched anew, and kept. `id` may be any address on the actor's own server. */
	renew(id: string, load: DocumentLoader): Promise<KnownActor | null>;
	forget(id: string): Promise<void>;
}

/** Keeps what it learns in the branch's cache. */
export function createRemoteActors(cache: BranchPorts['cache'], contexts: DocumentLoader): RemoteActors {
	const actors: RemoteActors = {
		async find(id, load) {
			const kept = await cache.get(nameOf(id));
			if (kept !== undefined) return JSON.parse(kept) as RemoteActor;
			const known = await actors.renew(id, load);
			return known && known.actor.id === id ? known.actor : null;
		},
		async renew(id, load) {
			const { document, documentUrl } = await load(id);
			const known = await readActor(document, contexts);
			if (!known || originOf(known.actor.id) !== originOf(documentUrl)) return null;
			await cache.set(nameOf(known.actor.id), JSON.stringify(known.actor), LIFE);
			return known;
		},
		forget: (id) => cache.delete(nameOf(id)),
	};
	return actors;
}

/** Reads an actor's document; null when it is none that we could talk to. Never throws for what is in the document. */
export async function readActor(document: unknown, contexts: DocumentLoader): Promise<KnownActor | null> {
	const object = await parseObject(document, contexts);
	if (!object || !isActor(object) || !object.id || !/^https?:$/.test(object.id.protocol)) return null;
	const { id } = object;
	const handle = plain(object.preferredUsername, 100);
	const inbox = sameOrigin(object.inboxId, id);
	if (!inbox || !/^[^\s@/\\]+$/u.test(handle)) return null;
	const emoji = await emojiOf(object, contexts);
	return {
		actor: {
			id: id.href,
			handle,
			host: id.host,
			displayName: plain(object.name, 200) || handle,
			inbox,
			sharedInbox: sameOrigin(object.endpoints?.sharedInbox ?? null, id),
			url: pageOf(object, id),
			followers: sameOrigin(object.followersId, id),
			featured: sameOrigin(object.featuredId, id),
			...(object.aliasIds.length > 0
				? { aliases: object.aliasIds.slice(0, MAX_ALIASES).map((alias) => alias.href) }
				: {}),
			...(emoji.length > 0 ? { emoji } : {}),
		},
		keys: object.publicKeyIds.map((key) => key.href),
	};
}

/** Those of their name. A document that is otherwise good is not lost for one of these. */
async function emojiOf(actor: Actor, contexts: DocumentLoader): Promise<WireEmoji[]> {
	return readEmoji(actor, contexts).catch((error: unknown) => {
		if (isUnreadable(error)) return [];
		throw error;
	});
}

/** A document as an object of the vocabulary, or null: JSON-LD of strangers fails in many ways, all of which mean the same. */
async function parseObject(document: unknown, contexts: DocumentLoader): Promise<AsObject | null> {
	try {
		return await AsObject.fromJsonLd(document, { contextLoader: contexts, documentLoader: contexts });
	} catch (error) {
		if (error instanceof Error) return null;
		throw error;
	}
}

function pageOf(actor: Actor, id: URL): string | null {
	const url = actor.url instanceof URL ? actor.url : (actor.url?.href ?? null);
	return sameOrigin(url, id);
}

function sameOrigin(url: URL | null, id: URL): string | null {
	return url !== null && url.origin === id.origin ? url.href : null;
}

function nameOf(id: string): string {
	return `actor:${id}`;
}
