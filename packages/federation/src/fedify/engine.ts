import { type DocumentLoader, FetchError } from '@fedify/vocab-runtime';
import { Malformed, Unavailable } from '@understory/core/errors.ts';
import { originOf } from '@understory/core/scope.ts';
import type { BranchPorts, FetchedPost, Proof, RemoteActor } from '../ports.ts';
import type { FetchedStamp } from '../quotes.ts';
import type { Envelope } from '../receive/envelope.ts';
import { createKnock, type Knock } from '../send/knock.ts';
import type { Addresses } from '../wire/addresses.ts';
import { createContextLoader } from './contexts.ts';
import { createDocuments, type Documents } from './documents.ts';
import { createKeyPairs } from './keys.ts';
import { createLoader, remembering } from './loader.ts';
import { type Meaning, parseActivity } from './parse.ts';
import { readStamp } from './parse-quote.ts';
import { addressesIn, readFetched, repliesIn } from './read-fetched.ts';
import { createRemoteActors, readActor } from './remote-actors.ts';
import { createSign } from './sign.ts';
import { createVerify, type SignedRequest, type Unproven } from './verify.ts';

type SignatureProof = Extract<Proof, { kind: 'signature' }>;

/** So many people of a branch may follow one person elsewhere. */
const LONGEST_COLLECTION = 10_000;

/** A verified sender, and a way to understand what they sent. */
export interface Sender {
	readonly proof: SignatureProof;
	/** Who they are. Throws Malformed, or Unavailable when their own server does not answer. */
	profile(): Promise<RemoteActor>;
	/** Throws Malformed, NotAllowed, or Unavailable when the sender's own server does not answer. */
	understand(envelope: Envelope): Promise<Meaning>;
}

/** Everything that needs Fedify, behind one door: this module is imported only when somebody federates. */
export interface Engine {
	readonly documents: Documents;
	readonly knock: Knock;
	verify(request: SignedRequest): Promise<Sender | Unproven>;
	/** Somebody's profile, fetched now; null when there is none at the address. Throws FetchError and what `outgoing` throws. */
	fetchActor(id: string): Promise<RemoteActor | null>;
	/** A post from its id, fetched now; null when there is none for us. Throws Unavailable and what `outgoing` throws. */
	fetchPost(id: string): Promise<FetchedPost | null>;
	/** A QuoteAuthorization from its address, fetched now; throws the same. */
	fetchStamp(address: string): Promise<FetchedStamp | null>;
	/** The addresses in a collection, fetched now; null when there is none for us. Throws Unavailable and what `outgoing` throws. */
	fetchCollection(url: string): Promise<readonly string[] | null>;
	forget(actor: string): Promise<void>;
	/** What an activity means, read by the branch of `origin`, when it is known who sent it. */
	understand(
		envelope: Envelope,
		by: { readonly origin: string; sender(): Promise<RemoteActor> },
	): Promise<Meaning>;
	/** Somebody, from their document; null when it is none of an actor. */
	readProfile(document: unknown): Promise<RemoteActor | null>;
}

/** Builds it for one branch. */
export function createEngine(ports: BranchPorts, at: Addresses): Engine {
	const contexts = createContextLoader();
	const keyPairs = createKeyPairs(ports);
	const sign = createSign(ports.clock, at, keyPairs);
	const knock = createKnock(ports, sign);
	const load = createLoader({ knock, signer: () => ports.serverActor() });
	const actors = createRemoteActors(ports.cache, contexts);
	const verify = createVerify(ports, actors, contexts);
	return {
		documents: createDocuments(ports, at, keyPairs),
		knock,
		async verify(request) {
			const loadOnce = remembering(load);
			const proof = await verify(request, loadOnce);
			if (typeof proof === 'string') return proof;
			const parts = {
				origin: ports.origin,
				contexts,
				clean: ports.clean,
				now: ports.clock.now(),
				sender: () => profileOf(proof.actor, loadOnce),
			};
			return {
				proof,
				profile: parts.sender,
				understand: ({ id, document }) => parseActivity(document, { ...parts, id, actor: proof.actor }),
			};
		},
		async fetchActor(id) {
			const known = await actors.renew(id, load).catch((error: unknown) => {
				if (isAbsent(error)) return null;
				throw error;
			});
			return known?.actor ?? null;
		},
		async fetchPost(id) {
			const loadOnce = remembering(load);
			const document = await documentAt(id, loadOnce);
			if (document === null) return null;
			const post = await readFetched(document, id, { contexts, clean: ports.clean, now: ports.clock.now() });
			if (!post) return null;
			const actor = await profileOf(post.author, loadOnce);
			const named = repliesIn(document);
			if (typeof named !== 'string') return { post, actor, replies: named ?? [] };
			// A list on another server says nothing about this post.
			const list = originOf(named) === originOf(id) ? await documentAt(named, loadOnce) : null;
			return { post, actor, replies: addressesIn(list) };
		},
		async fetchStamp(address) {
			const document = await documentAt(address, load);
			return document === null ? null : readStamp(document, address, contexts);
		},
		async fetchCollection(url) {
			const document = await documentAt(url, load);
			return document === null ? null : addressesIn(document, LONGEST_COLLECTION);
		},
		forget: (actor) => actors.forget(actor),
		understand: ({ id, actor, document }, by) =>
			parseActivity(document, {
				id,
				actor,
				contexts,
				clean: ports.clean,
				now: ports.clock.now(),
				get origin() {
					return by.origin;
				},
				sender: () => by.sender(),
			}),
		readProfile: async (document) => (await readActor(document, contexts))?.actor ?? null,
	};

	async function profileOf(id: string, loader: DocumentLoader): Promise<RemoteActor> {
		const actor = await actors.find(id, loader).catch((error: unknown) => {
			throw new Unavailable('Your server did not tell us who you are.', 'sender_unreachable', {
				cause: error,
			});
		});
		if (!actor) throw new Malformed('The document of the actor cannot be read.');
		return actor;
	}
}

/** What is at an address, or null when there is nothing for us. */
async function documentAt(address: string, load: DocumentLoader): Promise<unknown> {
	return load(address).then(
		({ document }) => document,
		(error: unknown) => {
			if (isAbsent(error)) return null;
			if (!(error instanceof FetchError)) throw error;
			throw new Unavailable('That server does not answer at the moment.', 'server_unreachable', {
				cause: error,
			});
		},
	);
}

/** An answer that says there is nobody: not there, gone, hidden from us, or no ActivityPub at all. */
function isAbsent(error: unknown): boolean {
	return error instanceof FetchError && (error.response === undefined || error.response.status < 500);
}
