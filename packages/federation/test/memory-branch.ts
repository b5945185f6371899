import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type Clock, stoppedClock } from '@understory/core/clock.ts';
import { NotAllowed } from '@understory/core/errors.ts';
import { silentLog } from '@understory/core/log.ts';
import { type Audience, audienceOf, originOf, type Scope, type Trust } from '@understory/core/scope.ts';
import { createOutgoing, type Outgoing } from '@understory/outgoing/outgoing.ts';
import express from 'express';
import { createFederation } from '../src/federation.ts';
import type { BranchPorts, Federation, Incoming, LocalActor, Proof, WirePost } from '../src/ports.ts';
import type { Sent } from '../src/sending.ts';
import { rsaKeys } from './keys.ts';

export const NOW = Date.UTC(2026, 2, 2, 12);

/** A request this branch sent out, as the network saw it. */
export interface Sending {
	readonly method: string;
	readonly url: string;
	readonly headers: Record<string, string>;
	readonly body: string;
}

/** A branch that keeps everything in memory, behind a real HTTP server of its own. */
export interface MemoryBranch {
	readonly origin: string;
	readonly ports: BranchPorts;
	readonly federation: Federation;
	readonly clock: Clock & { advance(milliseconds: number): void };
	/** What came in, in order, each activity once. */
	readonly received: { incoming: Incoming; proof: Proof }[];
	readonly sendings: Sending[];
	readonly settings: {
		neighbors: Set<string>;
		refused: Set<string>;
		mode: 'open' | 'neighborhood';
		open: boolean;
		followers: Map<string, Set<string>>;
		/** Posts of ours that may be quoted, by token. */
		stamps: Map<string, { quoted: string; quoting: string }>;
	};
	person(id: string, handle: string): LocalActor;
	write(author: LocalActor, id: string, scope: Scope | Audience, more?: Partial<WirePost>): WirePost;
	server(origin: string): ReturnType<BranchPorts['serverReader']>;
	deliver(body: string | null, sender: string, inbox: string): Promise<Sent | null>;
	actorId(actor: LocalActor): string;
	close(): Promise<void>;
}

/** Starts one at `http://<name>.test.localhost:<a free port>`. */
export async function startBranch(name: string): Promise<MemoryBranch> {
	const server = createServer();
	await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
	const { port } = server.address() as AddressInfo;
	const branch = build(name, `http://${name}.test.localhost:${port}`, server);
	const app = express();
	app.use(branch.federation.handle);
	app.use((request, response) => {
		response.status(200).type('html').send(`<p>a page at ${request.path}</p>`);
	});
	server.on('request', app);
	return branch;
}

function build(name: string, origin: string, server: Server): MemoryBranch {
	const clock = stoppedClock(NOW);
	const people = new Map<string, LocalActor>();
	const posts = new Map<string, WirePost>();
	const seen = new Set<string>();
	const received: MemoryBranch['received'] = [];
	const sendings: Sending[] = [];
	const settings: MemoryBranch['settings'] = {
		neighbors: new Set([origin]),
		refused: new Set(),
		mode: 'open',
		open: true,
		followers: new Map(),
		stamps: new Map(),
	};
	const outgoing = recording(createOutgoing({ town: true }), sendings);
	const trust: Trust = {
		neighborsOf: (of) => (settings.neighbors.has(of) ? settings.neighbors : new Set<string>()),
	};
	const ports: BranchPorts = {
		origin,
		name: `The ${name} branch`,
		published: () => ({
			accountability: 'http://accountability.test.localhost',
			policies: ['http://accountability.test.localhost/policies/conduct/1'],
		}),
		clock,
		log: silentLog,
		outgoing,
		actorById: async (id) => people.get(id) ?? null,
		actorByHandle: async (handle) => [...people.values()].find((each) => each.handle === handle) ?? null,
		departedActor: async () => null,
		goneElsewhere: async () => undefined,
		serverActor: async () => ({
			id: 'server',
			handle: name,
			displayName: `The ${name} branch`,
			summaryHtml: '',
			created: NOW,
			kind: 'server',
			listed: false,
			asksFirst: false,
		}),
		actorKeys: async (id) => rsaKeys(id === 'server' ? `${name} server` : `${name} people`),
		postById: async (id) => posts.get(id) ?? null,
		publicPosts: async (author, limit) =>
			[...posts.values()].filter((post) => post.author.id === author).slice(0, limit),
		counts: async () => ({ people: people.size, posts: posts.size, activeMonth: people.size }),
		featuredPosts: async (id) => [...posts.values()].filter((post) => post.author.id === id),
		quoteAuthorization: async (actor, token) => {
			const given = settings.stamps.get(token);
			const quoted = given && posts.get(given.quoted);
			return given && quoted?.author.id === actor ? { quoted, quoting: given.quoting } : null;
		},
		repliesTo: async (id) =>
			[...posts.values()].filter((post) => post.inReplyTo?.endsWith(`/${id}`)).map((post) => ({ post })),
		conversation: async (id) =>
			[...posts.values()].filter((post) => post.thread === id || post.id === id).map((post) => ({ post })),
		followersAt: async (id, from) =>
			[...(settings.followers.get(id) ?? [])].filter((follower) => originOf(follower) === from),
		followedFrom: async () => [],
		followersDiffer: async () => undefined,
		followCounts: async (id) => ({ followers: settings.followers.get(id)?.size ?? 0, following: 0 }),
		trust: () => trust,
		serverReader: (of) => serverReader(of),
		cache: memoryCache(clock),
		clean: async (html) => html,
		receive: (incoming, proof) => receive(incoming, proof),
		accepts: (of) => !settings.refused.has(of),
		mayFederate: () => settings.open,
	};
	const federation = createFederation(ports);

	function serverReader(of: string) {
		const hasFollowerOf = (actor: string) =>
			[...(settings.followers.get(actor.split('/').at(-1) ?? '') ?? [])].some(
				(each) => originOf(each) === of,
			);
		return { kind: 'server' as const, origin: of, hasFollowerOf };
	}

	async function receive(incoming: Incoming, proof: Proof): Promise<void> {
		const key = JSON.stringify([incoming.type, 'id' in incoming ? incoming.id : incoming]);
		if (seen.has(key)) return;
		if (incoming.type === 'create') refuseWrongAudience(incoming.post.to, proof.origin);
		seen.add(key);
		received.push({ incoming, proof });
		if (incoming.type === 'follow') await answer(incoming);
	}

	/** What a branch has to decide about a neighborhood post (fediverse.md 2.4), so that the whole way can be tested. */
	function refuseWrongAudience(to: readonly string[], from: string): void {
		const scoped = to.some((id) => id.endsWith('/ap/neighbors'));
		const mixed = to.includes('https://www.w3.org/ns/activitystreams#Public');
		if (!scoped) return;
		if (mixed || !to.includes(`${from}/ap/neighbors`) || !settings.neighbors.has(from)) {
			throw new NotAllowed('This is not for us.', 'not_a_neighbor');
		}
	}

	async function answer(follow: Extract<Incoming, { type: 'follow' }>): Promise<void> {
		const id = follow.object.split('/').at(-1) ?? '';
		const followed = await ports.actorById(id);
		if (!followed) throw new NotAllowed('Nobody of that name is here.');
		const theirs = { id: follow.id, actor: follow.actor.id };
		const welcome = settings.mode === 'open' || settings.neighbors.has(originOf(follow.actor.id));
		if (welcome) {
			const followers = settings.followers.get(id) ?? new Set<string>();
			settings.followers.set(id, followers.add(follow.actor.id));
		}
		const body = welcome
			? await federation.acceptOf(followed, theirs)
			: await federation.rejectOf(followed, theirs);
		await federation.send({ body, sender: id, inbox: follow.actor.inbox });
	}

	return {
		origin,
		ports,
		federation,
		clock,
		received,
		sendings,
		settings,
		person(id, handle) {
			const actor: LocalActor = {
				id,
				handle,
				displayName: handle,
				summaryHtml: '<p>Reads.</p>',
				created: NOW - 1000,
				kind: 'person',
				listed: true,
				asksFirst: false,
			};
			people.set(id, actor);
			return actor;
		},
		write(author, id, scope, more = {}) {
			const by = { origin, author: `${origin}/ap/users/${author.id}` };
			const post: WirePost = {
				id,
				author,
				contentHtml: '<p>The tool library opens on Saturday.</p>',
				summary: null,
				language: 'en',
				published: NOW,
				edited: null,
				inReplyTo: null,
				audience: typeof scope === 'string' ? audienceOf(scope, by) : scope,
				mentions: [],
				thread: id,
				sensitive: false,
				tags: [],
				attachments: [],
				url: `/@${author.handle}/${id}`,
				...more,
			};
			posts.set(id, post);
			return post;
		},
		server: serverReader,
		deliver: async (body, sender, inbox) => (body === null ? null : federation.send({ body, sender, inbox })),
		actorId: (actor) => (actor.kind === 'server' ? `${origin}/ap/actor` : `${origin}/ap/users/${actor.id}`),
		async close() {
			server.closeAllConnections();
			await new Promise((resolve) => server.close(resolve));
			await outgoing.close();
		},
	};
}

function recording(outgoing: Outgoing, sendings: Sending[]): Outgoing {
	return {
		...outgoing,
		request(request) {
			sendings.push({
				method: request.method ?? 'GET',
				url: request.url,
				headers: { ...request.headers },
				body: request.body?.toString() ?? '',
			});
			return outgoing.request(request);
		},
	};
}

function memoryCache(clock: Clock): BranchPorts['cache'] {
	const kept = new Map<string, { value: string; until: number }>();
	return {
		async get(key) {
			const entry = kept.get(key);
			return entry && entry.until > clock.now() ? entry.value : undefined;
		},
		async set(key, value, life) {
			kept.set(key, { value, until: clock.now() + life });
		},
		async delete(key) {
			kept.delete(key);
		},
	};
}
