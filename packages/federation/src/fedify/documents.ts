import { createFederation, type Federation, type RequestContext } from '@fedify/fedify';
import { SOFTWARE } from '@understory/core/software.ts';
import type { BranchPorts, LocalActor } from '../ports.ts';
import { type Addresses, keysOf } from '../wire/addresses.ts';
import { toFedifyActor } from './actor.ts';
import { createContextLoader } from './contexts.ts';
import type { KeyPairs } from './keys.ts';
import { createKv } from './kv.ts';

/** An answer of Fedify's. */
export interface Document {
	readonly status: number;
	readonly type: string;
	readonly body: string;
}

/** Fedify's answer at a path of ours (path and query), or null when there is nothing. */
export type Documents = (path: string) => Promise<Document | null>;

/**
 * WebFinger (RFC 7033), NodeInfo 2.1 and actor documents, made by Fedify. Its identifier is what follows `/ap/`: `actor`, or
 * `users/{id}`, so that the branch itself and its people come out of one dispatcher. `origin` is fixed, so that no header can
 * change an address (reference/codebases.md 9.3). No queue, no inbox: those are ours.
 */
export function createDocuments(ports: BranchPorts, at: Addresses, keyPairs: KeyPairs): Documents {
	const federation = createFederation<void>({
		kv: createKv(ports.cache),
		origin: ports.origin,
		contextLoaderFactory: createContextLoader,
		documentLoaderFactory: () => refuseToFetch,
		authenticatedDocumentLoaderFactory: () => refuseToFetch,
		manuallyStartQueue: true,
	});
	addActors(federation, ports, at, keyPairs);
	federation.setNodeInfoDispatcher('/nodeinfo/2.1', () => nodeInfo(ports, at));
	return async (path) => {
		const request = new Request(`${ports.origin}${path}`, {
			headers: { accept: 'application/activity+json' },
		});
		let found = true;
		const missing = () => {
			found = false;
			return new Response(null, { status: 404 });
		};
		const response = await federation.fetch(request, { contextData: undefined, onNotFound: missing });
		if (!found) return null;
		const type = response.headers.get('content-type') ?? 'text/plain; charset=utf-8';
		return { status: response.status, type, body: await response.text() };
	};
}

function addActors(
	federation: Federation<void>,
	ports: BranchPorts,
	at: Addresses,
	keyPairs: KeyPairs,
): void {
	federation
		.setActorDispatcher('/ap/{+identifier}', async (context, identifier) => {
			const actor = await actorOf(ports, identifier);
			const key = actor && (await mainKey(context, identifier));
			return key ? toFedifyActor(actor, key, at) : null;
		})
		.mapHandle(async (_context, handle) => {
			const actor = await ports.actorByHandle(handle);
			if (actor) return identifierOf(actor);
			const server = await ports.serverActor();
			return server.handle === handle ? identifierOf(server) : null;
		})
		.setKeyPairsDispatcher(async (_context, identifier) => {
			const actor = await actorOf(ports, identifier);
			return actor ? [await keyPairs(keysOf(actor))] : [];
		});
}

async function mainKey(context: RequestContext<void>, identifier: string) {
	const [pair] = await context.getActorKeyPairs(identifier);
	return pair?.cryptographicKey;
}

async function actorOf(ports: BranchPorts, identifier: string): Promise<LocalActor | null> {
	if (identifier === 'actor') return ports.serverActor();
	const id = /^users\/([1-9]\d{0,15})$/.exec(identifier)?.[1];
	return id === undefined ? null : ports.actorById(id);
}

function identifierOf(actor: LocalActor): string {
	return actor.kind === 'server' ? 'actor' : `users/${actor.id}`;
}

async function nodeInfo(ports: BranchPorts, at: Addresses) {
	const { people, posts, activeMonth } = await ports.counts();
	return {
		software: SOFTWARE,
		protocols: ['activitypub' as const],
		openRegistrations: false,
		usage: { users: { total: people, activeMonth }, localPosts: posts, localComments: 0 },
		metadata: {
			nodeName: ports.name,
			scopes: ['branch', 'neighborhood', 'public'],
			accountability: accountability(ports),
			neighborhood: {
				// Who they are is public in the roster; the collection itself answers neighbors only.
				audience: at.neighbors,
				branches: ports.trust().neighborsOf(ports.origin).size,
			},
		},
	};
}

/** Where the rules, the contacts and the log of decisions of this branch are found (reference/accountability.md section 4). */
function accountability(ports: BranchPorts) {
	const { accountability: site, policies } = ports.published();
	return {
		...{ site: `${site}/`, page: `${site}/branches/${new URL(ports.origin).host}` },
		...{ policies: [...policies], contacts: `${site}/branches.json`, log: `${site}/verify` },
	};
}

async function refuseToFetch(url: string): Promise<never> {
	throw new TypeError(`Nothing is fetched to answer a question about ourselves: ${url}`);
}
