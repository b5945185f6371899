import type { IncomingMessage } from 'node:http';
import type { Clock } from '@understory/core/clock.ts';
import type { Log } from '@understory/core/log.ts';
import type { QuotePolicy } from '@understory/core/quote.ts';
import type { Audience, Reader, Trust } from '@understory/core/scope.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import type { RequestHandler } from 'express';
import type { WireEmoji } from './emoji.ts';
import type { IncomingEvent, WireEvent } from './events.ts';
import type { WireMedia } from './media.ts';
import type { WirePoll } from './polls.ts';
import type { FetchedStamp, IncomingQuote, QuoteAsk, TheirQuoteRequest, WireQuote } from './quotes.ts';
import type { Envelope } from './receive/envelope.ts';
import type { Delivery, Sent } from './sending.ts';

/** Somebody of this branch, as other servers see them. Ids are numeric strings (DESIGN 5.5). */
export interface LocalActor {
	readonly id: string;
	readonly handle: string;
	readonly displayName: string;
	/** Already sanitised. */
	readonly summaryHtml: string;
	/** UTC milliseconds. */
	readonly created: number;
	/** `server` signs for the branch (`/ap/actor`); `branch` is the branch's own voice, whom people follow. */
	readonly kind: 'person' | 'branch' | 'server';
	readonly listed: boolean;
	/** Whoever wants to follow waits for an answer. */
	readonly asksFirst: boolean;
	/** What they say of themselves beside that, for their document; markup as it is shown. */
	readonly fields?: readonly { readonly name: string; readonly html: string }[];
	/** Accounts elsewhere that are theirs too, and the one they moved to; actor ids. */
	readonly aliases?: readonly string[];
	readonly movedTo?: string | null;
}

/** A post as it leaves or is read by other servers. `contentHtml` is already sanitised. */
export interface WirePost {
	readonly id: string;
	readonly author: LocalActor;
	readonly contentHtml: string;
	/** Content warning. */
	readonly summary: string | null;
	readonly language: string | null;
	readonly published: number;
	readonly edited: number | null;
	readonly inReplyTo: string | null;
	readonly audience: Audience;
	readonly mentions: readonly { readonly actor: string; readonly handle: string }[];
	/** Its pictures are shown only when asked for. */
	readonly sensitive: boolean;
	readonly attachments: readonly WireMedia[];
	/** Topics, without the `#`, and their pages here. */
	readonly tags: readonly { readonly name: string; readonly href: string }[];
	/** The page people read, `/@{handle}/{id}`. */
	readonly url: string;
	/** Number of the first post of its conversation, when that was written here. */
	readonly thread: string | null;
	/** Set for what happens somewhere, at a time. */
	readonly event?: WireEvent;
	/** Set for what asks people to choose. */
	readonly poll?: WirePoll;
	/** Set for what quotes another post. */
	readonly quote?: WireQuote;
	/** Who may quote it; nobody when it is not said. */
	readonly quotable?: QuotePolicy;
}

/** A post as collections name it: ours, or the address of somebody else's with its audience. */
export type KnownPost = { readonly post: WirePost } | { readonly uri: string; readonly audience: Audience };

/** An actor's RSA pair (PEM), the only keys Fedify sees (DESIGN 5.3). */
export interface ActorKeys {
	readonly privateKey: string;
	readonly publicKey: string;
}

/** Somebody on another server, as far as we keep it. */
export interface RemoteActor {
	readonly id: string;
	readonly handle: string;
	readonly host: string;
	readonly displayName: string;
	readonly inbox: string;
	readonly sharedInbox: string | null;
	readonly url: string | null;
	/** Address of the collection of their followers: what is for these is addressed to it. */
	readonly followers: string | null;
	/** Address of the collection of what they pinned. */
	readonly featured: string | null;
	/** Accounts that they say are theirs too; known of who was asked for just now. */
	readonly aliases?: readonly string[];
	/** The pictures in their name. */
	readonly emoji?: readonly WireEmoji[];
}

/** How we know who sent something (DESIGN 5.4): a verified HTTP signature, or the short way inside one home. */
export type Proof =
	| { readonly kind: 'signature'; readonly keyId: string; readonly actor: string; readonly origin: string }
	| { readonly kind: 'sameHome'; readonly branch: string; readonly actor: string; readonly origin: string };

/** A post from elsewhere: markup already sanitised (`BranchPorts.clean`), addressing as it came. */
export interface IncomingPost {
	readonly id: string;
	readonly author: string;
	readonly url: string | null;
	readonly contentHtml: string;
	readonly summary: string | null;
	readonly language: string | null;
	readonly published: number;
	readonly inReplyTo: string | null;
	readonly kind: 'Note' | 'Article' | 'Page' | 'Event' | 'Video' | 'Audio' | 'Image' | 'Question';
	/** Of what is no note; empty when it has none. */
	readonly title: string;
	readonly event: IncomingEvent | null;
	/** What a question asks. */
	readonly poll: WirePoll | null;
	/** The exact ids in `to` and `cc`, unexpanded. */
	readonly to: readonly string[];
	readonly cc: readonly string[];
	readonly mentions: readonly { readonly actor: string; readonly name: string | null }[];
	readonly sensitive: boolean;
	/** Addresses are http or https, of any server. */
	readonly attachments: readonly WireMedia[];
	/** Topics as they were written. */
	readonly tags: readonly string[];
	/** The pictures in its words, each name once. */
	readonly emoji: readonly WireEmoji[];
	readonly quote: IncomingQuote | null;
	/** Actors and collections that may quote it at once, or after asking; null when it does not say. */
	readonly canQuote: { readonly automatic: readonly string[]; readonly manual: readonly string[] } | null;
}

/** A post that was asked for, not sent. */
export interface FetchedPost {
	readonly post: IncomingPost;
	readonly actor: RemoteActor;
	/** Addresses, of any server. */
	readonly replies: readonly string[];
}

/** What another server told us, after signature and origin checks; anything else is acknowledged and dropped. */
export type Incoming =
	| { readonly type: 'follow'; readonly id: string; readonly actor: RemoteActor; readonly object: string }
	/** They said yes or no; `asked` is the id of what we had asked. `result`: the address of what came of a yes. */
	| {
			readonly type: 'accept' | 'reject';
			readonly actor: string;
			readonly asked: string;
			readonly result: string | null;
	  }
	/** Somebody wants to quote a post of ours: `object`. `quoting` is the id of the post that does, `post` is that post when it came along. */
	| {
			readonly type: 'quote_request';
			readonly id: string;
			readonly actor: RemoteActor;
			readonly object: string;
			readonly quoting: string;
			readonly post: IncomingPost | null;
	  }
	| { readonly type: 'unfollow'; readonly actor: string; readonly object: string }
	| {
			readonly type: 'create' | 'update';
			readonly id: string;
			readonly actor: RemoteActor;
			readonly post: IncomingPost;
	  }
	| { readonly type: 'delete'; readonly actor: string; readonly object: string }
	/** Somebody starred a post, or passed it along; `object` is the id of the post, wherever it is from. */
	| {
			readonly type: 'like' | 'announce';
			readonly id: string;
			readonly actor: RemoteActor;
			readonly object: string;
	  }
	/** Somebody asks the hosts here to look at posts or people of ours; addresses, and why in plain words. */
	| {
			readonly type: 'flag';
			readonly id: string;
			readonly actor: RemoteActor;
			readonly objects: readonly string[];
			readonly words: string;
	  }
	/** Somebody says that they are elsewhere now; true only when whoever is there says so too. */
	| { readonly type: 'move'; readonly id: string; readonly actor: RemoteActor; readonly target: string }
	/** Somebody says anew who they are. */
	| { readonly type: 'profile'; readonly id: string; readonly actor: RemoteActor }
	/** Somebody pinned a post of theirs, or took it down; `object` is the id of the post. */
	| {
			readonly type: 'pin' | 'unpin';
			readonly id: string;
			readonly actor: RemoteActor;
			readonly object: string;
	  }
	/** Somebody chose one of the choices of a question of ours; `poll` is the id of the post. */
	| {
			readonly type: 'vote';
			readonly id: string;
			readonly actor: RemoteActor;
			readonly poll: string;
			readonly choice: string;
	  }
	/** Somebody says that they come to an event of ours, or that they do not after all; `event` is the id of the post. */
	| {
			readonly type: 'join' | 'leave';
			readonly id: string;
			readonly actor: RemoteActor;
			readonly event: string;
	  }
	/** They block somebody of ours; `object` is the actor. */
	| { readonly type: 'block'; readonly id: string; readonly actor: RemoteActor; readonly object: string }
	/** They took one of these back; `object` is the id of the activity. */
	| { readonly type: 'unact'; readonly actor: string; readonly object: string };

/** What federation asks of a branch. All of it answers from the branch's own store. */
export interface BranchPorts {
	/** Scheme, host and port, stored when the branch was made. */
	readonly origin: string;
	readonly name: string;
	/** Whose rules hold here and where its decisions are published: addresses. */
	published(): { readonly accountability: string; readonly policies: readonly string[] };
	readonly clock: Clock;
	readonly log: Log;
	readonly outgoing: Outgoing;
	actorById(id: string): Promise<LocalActor | null>;
	actorByHandle(handle: string): Promise<LocalActor | null>;
	/** Somebody who deleted their account: they sign that they are gone, and are answered for with 410. */
	departedActor(id: string): Promise<LocalActor | null>;
	/** Somebody of another server is gone, as that server itself says. */
	goneElsewhere(actor: string): Promise<void>;
	/** The branch's own actor. */
	serverActor(): Promise<LocalActor>;
	/** Made at the first call and kept, sealed; `id` of a LocalActor, or `server`. */
	actorKeys(id: string): Promise<ActorKeys>;
	/** Null when there is no such post. Whether the asker may read it is decided by `mayReceive`, by federation. */
	postById(id: string): Promise<WirePost | null>;
	/** Newest first; only audience `public`. */
	publicPosts(actorId: string, limit: number): Promise<WirePost[]>;
	counts(): Promise<{ people: number; posts: number; activeMonth: number }>;
	/** Posts an actor put first on their page, newest pin first; of any scope. */
	featuredPosts(actorId: string): Promise<WirePost[]>;
	/** A yes of an actor's to being quoted, by what stands for it in its address; null when there is none, or no more. */
	quoteAuthorization(
		actorId: string,
		token: string,
	): Promise<{ readonly quoted: WirePost; readonly quoting: string } | null>;
	/** What answers a post, oldest first; of any scope. */
	repliesTo(postId: string): Promise<KnownPost[]>;
	/** The conversation that began with a post of ours, oldest first; of any scope. */
	conversation(postId: string): Promise<KnownPost[]>;
	/** Followers of an actor of ours who live on the server of this origin; actor ids. */
	followersAt(actorId: string, origin: string): Promise<readonly string[]>;
	/** People of ours who follow somebody elsewhere; actor ids. */
	followedFrom(actor: string): Promise<readonly string[]>;
	/** Somebody elsewhere counts other followers here than we do; their server's list is at `url`, which is on that server. */
	followersDiffer(actor: string, url: string): Promise<void>;
	/** How many follow an actor, and how many they follow. */
	followCounts(actorId: string): Promise<{ readonly followers: number; readonly following: number }>;
	trust(): Trust;
	/** What this branch knows of a verified server that asks to read. */
	serverReader(origin: string): Extract<Reader, { kind: 'server' }>;
	/** A small cache for remote keys and documents; `undefined` when missing or past its time. */
	cache: {
		get(key: string): Promise<string | undefined>;
		set(key: string, value: string, ttlMilliseconds: number): Promise<void>;
		delete(key: string): Promise<void>;
	};
	/** Markup of another server, reduced to what a post may hold here; the same at every branch, since many may get the result. */
	clean(html: string, how?: { readonly withoutQuoteLine?: boolean }): Promise<string>;
	/** The one door into a branch. Throws PublicError to refuse. Must be idempotent by activity id. */
	receive(incoming: Incoming, proof: Proof): Promise<void>;
	/** Whether a server may talk to us at all, before any key is fetched. */
	accepts(origin: string): boolean;
	/** False while the branch speaks with no other server at all (stage, mode): it answers nothing, takes nothing in, sends nothing. */
	mayFederate(): boolean;
}

/** An activity on its way to another branch of the same home (DESIGN 5.4). */
export interface Handed {
	/** The text that would go over the wire. */
	readonly body: string;
	readonly proof: Extract<Proof, { kind: 'sameHome' }>;
	/** What it says on its outside, read once for all who get it. Throws Malformed when it is no activity. */
	envelope(): Envelope;
	/** What it means to the branch of this origin. Throws what an inbox would answer. */
	meaningAt(origin: string): Promise<Incoming | null>;
}

/** Makes a delivery ready for another branch of this home, or says why it must not leave now. `branch` is our id. */
export type Hand = (delivery: Delivery, branch: string) => Promise<Handed | Sent>;

type ServerReader = Extract<Reader, { kind: 'server' }>;

/** One branch's federation. */
export interface Federation {
	/**
	 * Express middleware for WebFinger, NodeInfo, /ap/…; mounted at the root, before body parsers and sessions. Calls `next()`
	 * for everything else.
	 */
	readonly handle: RequestHandler;
	/**
	 * Create/Update/Delete of a post for one receiving server, or null when `mayReceive` says that server may not have it:
	 * the serializer itself refuses (DESIGN 4.6). Delete of a post is made for every server that ever had a copy. `id`: another than its own, for a post that
	 * was called back and is there again, or that a host marked: servers do not look twice at an id.
	 */
	createFor(post: WirePost, server: ServerReader, id?: string): Promise<string | null>;
	updateFor(post: WirePost, server: ServerReader, id?: string): Promise<string | null>;
	deleteOf(post: Pick<WirePost, 'id' | 'author'>): Promise<string>;
	followOf(id: string, follower: LocalActor, object: string): Promise<string>;
	unfollowOf(id: string, follower: LocalActor, object: string): Promise<string>;
	acceptOf(followed: LocalActor, follow: { id: string; actor: string }): Promise<string>;
	rejectOf(followed: LocalActor, follow: { id: string; actor: string }): Promise<string>;
	/** The organizer's answer to somebody who wants to come. */
	joinAnswerOf(
		type: 'Accept' | 'Reject',
		organizer: LocalActor,
		join: { readonly id: string; readonly actor: string; readonly event: string },
	): Promise<string>;
	/**
	 * Somebody of ours comes to an event of somebody else's, or does not after all: a Join and a Leave (Mobilizon), or an Accept of the event and its
	 * Undo (gathio, Friendica). `id` is that of the Join or Accept in both.
	 */
	comingOf(
		type: 'Join' | 'Leave' | 'Accept' | 'Undo',
		id: string,
		actor: LocalActor,
		event: { readonly id: string; readonly organizer: string },
	): Promise<string>;
	/**
	 * Asks the author of what a post quotes, for their server; null when that server may not have the quote: the serializer itself refuses, as
	 * for `createFor`.
	 */
	quoteRequestFor(
		post: WirePost,
		asked: QuoteAsk,
		server: Extract<Reader, { kind: 'server' }>,
	): Promise<string | null>;
	/** An author's answer; `stamp` is the address of what says so, with a yes. */
	quoteAnswerOf(
		type: 'Accept' | 'Reject',
		quoted: LocalActor,
		request: TheirQuoteRequest,
		stamp: string | null,
	): Promise<string>;
	/** They take their yes back. */
	unquoteOf(quoted: LocalActor, stamp: string): Promise<string>;
	likeOf(id: string, actor: LocalActor, object: string): Promise<string>;
	/** Of a public post; the caller has made sure. `at` is UTC milliseconds. */
	announceOf(id: string, actor: LocalActor, object: string, at: number): Promise<string>;
	/** Update of an actor, with their whole document; null when there is none. `at` is UTC milliseconds. */
	profileOf(actor: LocalActor, at: number): Promise<string | null>;
	/** Asks the hosts of another server to look at a post, or at its author when `object` is null; by the branch itself, so that nobody learns who asked. */
	flagOf(
		id: string,
		flag: { readonly object: string | null; readonly author: string; readonly words: string },
	): Promise<string>;
	/** They moved to another account, which says that this one is theirs; the caller has made sure. */
	moveOf(id: string, actor: LocalActor, target: string): Promise<string>;
	/** Of a public post of theirs; the caller has made sure. */
	pinOf(type: 'Add' | 'Remove', id: string, actor: LocalActor, object: string): Promise<string>;
	/** One choice in a question of somebody else, told to its author alone. */
	voteOf(
		id: string,
		actor: LocalActor,
		vote: { readonly poll: string; readonly author: string; readonly choice: string },
	): Promise<string>;
	/** Delete of an actor who is gone. */
	farewellOf(actor: LocalActor): Promise<string>;
	blockOf(id: string, actor: LocalActor, object: string): Promise<string>;
	undoActOf(
		type: 'Like' | 'Announce' | 'Block',
		id: string,
		actor: LocalActor,
		object: string,
	): Promise<string>;
	/** Signs (HTTP signature over a digest, RSA; no linked-data signature, no object proof) and sends it. */
	send(delivery: Delivery): Promise<Sent>;
	/** The short way to other branches of this home, for what goes there in one go: senders and texts are read once in it. */
	handing(): Hand;
	/** Takes in what another branch of this home hands over: every check of the inbox but the signature. Throws PublicError as it would. */
	takeIn(handed: Handed): Promise<void>;
	/** Who asks with this GET: a server whose signature holds, or nobody. */
	identify(request: IncomingMessage): Promise<Reader>;
	/** A file of another server, at most `maxBytes`; null when there is none. Throws NotAllowed, Unavailable. */
	fetchFile(url: string, maxBytes: number): Promise<Buffer | null>;
	/**
	 * A post of another server by its id, as that server shows it to this branch, with the addresses it names as answers; null when there is
	 * none for us, or what is there is not what its id says. Throws NotAllowed, Unavailable.
	 */
	fetchPost(id: string): Promise<FetchedPost | null>;
	/**
	 * What stands at the address of a QuoteAuthorization; null when there is none, or it says that it lives elsewhere. Throws NotAllowed,
	 * Unavailable.
	 */
	fetchStamp(address: string): Promise<FetchedStamp | null>;
	/** The addresses in a collection of another server, as it shows it to this branch; null when it shows none. Throws NotAllowed, Unavailable. */
	fetchCollection(url: string): Promise<readonly string[] | null>;
	/** `@handle@host` or an actor id; null when there is none. Throws Unavailable when the server does not answer. */
	lookup(address: string): Promise<RemoteActor | null>;
}
