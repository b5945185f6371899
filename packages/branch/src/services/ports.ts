import { originOf } from '@understory/core/scope.ts';
import type { BranchPorts, KnownPost, LocalActor } from '@understory/federation/ports.ts';
import type { BranchContext } from '../context.ts';
import { actsBy } from '../store/acts.ts';
import { aliasesOf } from '../store/aliases.ts';
import { asideFollowersAt } from '../store/aside.ts';
import { dropCache, readCache, writeCache } from '../store/cache.ts';
import { fieldsOf } from '../store/fields.ts';
import { countFollows, followersOf } from '../store/follows.ts';
import type { OfficeLabel } from '../store/office-labels.ts';
import {
	countPeople,
	countSeenSince,
	departed,
	type Person,
	personByHandle,
	personById,
} from '../store/people.ts';
import { countPosts, listPosts, type Post, postById, repliesTo, threadOf } from '../store/posts.ts';
import { quoteByStamp } from '../store/quotes.ts';
import type { Reading } from '../store/store.ts';
import { MOST_PINNED } from './acting.ts';
import { shownFields } from './fields.ts';
import { wantFollowerCheck } from './follower-checks.ts';
import { forgetRemote } from './leaving.ts';
import { sanitizeMarkup } from './markup.ts';
import { shownLabel } from './office-labels.ts';
import { isAnswering } from './outbox.ts';
import { escapeHtml } from './plain-text.ts';
import { serverReader } from './readers.ts';
import { receive } from './receiving.ts';
import { serverActor, toLocalActor, toWirePost } from './wire.ts';

/** So many posts of a conversation are named to whoever asks. */
const LONGEST = 500;
const MONTH = 30 * 24 * 60 * 60_000;

/** What federation may ask of this branch; every answer comes from its own store. */
export function createPorts(context: BranchContext): BranchPorts {
	const { store, clock } = context;
	return {
		origin: context.origin,
		name: context.current.branch().name,
		published() {
			const accountability = context.current.library().accountability_origin;
			const policies = context.current.policies();
			return {
				accountability,
				policies: policies.map(({ id, version }) => `${accountability}/policies/${id}/${version}`),
			};
		},
		clock,
		log: context.log,
		outgoing: context.outgoing,
		async actorById(id) {
			const person = store.read((reading) => personById(reading, Number(id)));
			return person ? withFields(context, person) : null;
		},
		async actorByHandle(handle) {
			const person = store.read((reading) => personByHandle(reading, handle));
			return person ? toLocalActor(person) : null;
		},
		async departedActor(id) {
			const person = store.read((reading) => departed(reading, Number(id)));
			return person ? toLocalActor(person) : null;
		},
		async goneElsewhere(actor) {
			store.transact((writing) => forgetRemote(context, writing, actor));
		},
		serverActor: async () => serverActor(context),
		actorKeys: (id) => context.keyring.actorKeys(id),
		async postById(id) {
			return store.read((reading) => toWirePost(context, reading, postById(reading, Number(id))));
		},
		async publicPosts(actorId, limit) {
			return store.read((reading) =>
				listPosts(reading, { person: Number(actorId), scopes: ['public'], limit }).flatMap(
					(post) => toWirePost(context, reading, post) ?? [],
				),
			);
		},
		async featuredPosts(actorId) {
			return store.read((reading) =>
				actsBy(reading, context.at.person(Number(actorId)), 'pin', MOST_PINNED).flatMap(
					({ post }) => toWirePost(context, reading, postById(reading, post)) ?? [],
				),
			);
		},
		async quoteAuthorization(actorId, token) {
			return store.read((reading) => {
				const quote = quoteByStamp(reading, context.at.stamp(Number(actorId), token));
				const quoting = quote && postById(reading, quote.post);
				const quoted = quote?.quoted == null ? undefined : postById(reading, quote.quoted);
				if (quote?.state !== 'agreed' || quoting?.deleted !== null) return null;
				const ours = quoted?.person === Number(actorId) ? toWirePost(context, reading, quoted) : null;
				return ours && { quoted: ours, quoting: quoting.uri };
			});
		},
		async repliesTo(postId) {
			return store.read((reading) => known(context, reading, repliesTo(reading, Number(postId), LONGEST)));
		},
		async conversation(postId) {
			return store.read((reading) => known(context, reading, threadOf(reading, Number(postId), LONGEST)));
		},
		async followCounts(actorId) {
			return store.read((reading) => countFollows(reading, context.at.person(Number(actorId))));
		},
		async followersAt(actorId, origin) {
			const actor = context.at.person(Number(actorId));
			return store.read((reading) => {
				const all = followersOf(reading, actor).filter((follower) => originOf(follower) === origin);
				// What is set aside has not ended: their server is to keep it too.
				return [...all, ...asideFollowersAt(reading, actor, `${origin}/`)];
			});
		},
		async followedFrom(actor) {
			return store.read((reading) => followersOf(reading, actor));
		},
		async followersDiffer(actor, url) {
			// What is set aside is not compared before it is back.
			if (!context.restrictions.stops(originOf(actor), 'everything')) wantFollowerCheck(context, actor, url);
		},
		async counts() {
			return store.read((reading) => ({
				people: countPeople(reading),
				posts: countPosts(reading),
				activeMonth: countSeenSince(reading, clock.now() - MONTH),
			}));
		},
		trust: () => context.book.trust(),
		serverReader: (origin) => serverReader(context, origin),
		cache: {
			async get(key) {
				return store.read((reading) => readCache(reading, key, clock.now()));
			},
			async set(key, value, ttl) {
				store.transact((writing) => writeCache(writing, key, value, clock.now() + ttl));
			},
			async delete(key) {
				store.transact((writing) => dropCache(writing, key));
			},
		},
		clean: sanitizeMarkup,
		receive: (incoming, proof) => receive(context, incoming, proof),
		accepts: (origin) => origin !== context.origin && context.current.branch().federation !== 'closed',
		mayFederate: () => isAnswering(context),
	};
}

/** Posts as collections name them: what was taken back, or hidden by a host, is not named. */
function known(context: BranchContext, reading: Reading, posts: readonly Post[]): KnownPost[] {
	return posts.flatMap((post): KnownPost[] => {
		if (post.deleted !== null || post.hidden !== null) return [];
		if (post.remote !== null) return [{ uri: post.uri, audience: post.audience }];
		const ours = toWirePost(context, reading, post);
		return ours ? [{ post: ours }] : [];
	});
}

/** A label as other servers show it: in the language of the wire, beside the lines that people write themselves. */
function labelField({ kind, role, body }: OfficeLabel): { name: string; html: string } {
	const name = kind === 'official' ? 'Official account' : 'Personal account of somebody who holds office';
	return { name, html: escapeHtml(`${role}, ${body}`) };
}

/** Somebody as their own document shows them. */
function withFields(context: Pick<BranchContext, 'store' | 'current' | 'clock'>, person: Person): LocalActor {
	const fields = context.store.read((reading) => fieldsOf(reading, person.id));
	const aliases = context.store.read((reading) => aliasesOf(reading, person.id));
	const own = shownFields(fields).map(({ name, html }) => ({ name, html }));
	const label = context.store.read((reading) => shownLabel(context, reading, person.id));
	const shown = label ? [labelField(label), ...own] : own;
	return {
		...toLocalActor(person),
		...(shown.length > 0 ? { fields: shown } : {}),
		...(aliases.length > 0 ? { aliases } : {}),
		...(person.moved_to ? { movedTo: person.moved_to } : {}),
	};
}
