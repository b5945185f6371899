import type { IncomingHttpHeaders } from 'node:http';
import { verifyRequestDetailed } from '@fedify/fedify/sig';
import type { CryptographicKey } from '@fedify/vocab';
import { type DocumentLoader, FetchError } from '@fedify/vocab-runtime';
import { originOf } from '@understory/core/scope.ts';
import { OutgoingFailure } from '@understory/outgoing/failure.ts';
import type { BranchPorts, Proof } from '../ports.ts';
import type { SignatureClaim } from '../receive/signature-header.ts';
import { instant } from './instant.ts';
import { createVerificationKeys } from './key-cache.ts';
import type { KnownActor, RemoteActors } from './remote-actors.ts';

/** How far the date of a request may be from our clock, either way (reference/fediverse.md 5). */
const SKEW = { hours: 1 };

/** A request as it came in. */
export interface SignedRequest {
	readonly method: string;
	/** Path and query, as on the request line. */
	readonly path: string;
	readonly headers: IncomingHttpHeaders;
	/** Null for a request without one. */
	readonly body: Buffer | null;
	/** What `signatureClaim` read from it. */
	readonly claim: SignatureClaim;
}

/** Why a signature proves nothing. `unreachable` may pass: its key's server did not answer. `gone`: it answered 410. */
export type Unproven = 'wrong' | 'unreachable' | 'gone';

type SignatureProof = Extract<Proof, { kind: 'signature' }>;

/** Verifies who sent a request; `load` is used for keys and actors. */
export type Verify = (request: SignedRequest, load: DocumentLoader) => Promise<SignatureProof | Unproven>;

/**
 * Verifies an HTTP signature with Fedify. The host is ours, whatever the request's own header said; the key's owner lives on the
 * key's origin; and the first time a key is seen its owner's own document must list it.
 */
export function createVerify(
	ports: Pick<BranchPorts, 'origin' | 'clock' | 'cache'>,
	actors: RemoteActors,
	contexts: DocumentLoader,
): Verify {
	return async (request, load) => {
		const keys = createVerificationKeys(ports.cache);
		const result = await verifyRequestDetailed(toRequest(request, ports.origin), {
			documentLoader: load,
			contextLoader: contexts,
			keyCache: keys,
			timeWindow: SKEW,
			currentTime: instant(ports.clock.now()),
			spec: request.claim.standard === 'rfc9421' ? 'rfc9421' : 'draft-cavage-http-signatures-12',
		}).catch(unreadable);
		if (result === null) return 'wrong';
		if (!result.verified) {
			return result.reason.type === 'keyFetchError' ? fetchFailure(result.reason.result) : 'wrong';
		}
		const proof = proofOf(result.key, request.claim);
		if (!proof) return 'wrong';
		if (keys.fetched()) {
			const owner = await ownerOf(proof, load);
			if (typeof owner === 'string') return owner;
			if (owner?.actor.id !== proof.actor || !owner.keys.includes(proof.keyId)) return 'wrong';
			await keys.confirm();
		}
		return proof;
	};

	async function ownerOf(proof: SignatureProof, load: DocumentLoader): Promise<KnownActor | null | Unproven> {
		try {
			return await actors.renew(proof.actor, load);
		} catch (error) {
			if (error instanceof FetchError) return null;
			if (error instanceof OutgoingFailure) return fetchFailure({ error });
			throw error;
		}
	}
}

/** What Fedify throws for dates, signatures and documents of keys that cannot even be read. */
function unreadable(error: unknown): null {
	if (error instanceof RangeError || error instanceof TypeError || error instanceof DOMException) return null;
	// `jsonld` has error names of its own, and no class to tell them by.
	if (error instanceof SyntaxError || (error instanceof Error && error.name.startsWith('jsonld.')))
		return null;
	throw error;
}

function proofOf(key: CryptographicKey, claim: SignatureClaim): SignatureProof | null {
	const actor = key.ownerId?.href;
	if (actor === undefined || key.id?.href !== new URL(claim.keyId).href) return null;
	if (originOf(actor) !== claim.origin) return null;
	return { kind: 'signature', keyId: key.id.href, actor, origin: claim.origin };
}

const PASSING: ReadonlySet<string> = new Set(['timeout', 'unreachable']);

function fetchFailure(failure: { status?: number; error?: unknown }): Unproven {
	if (failure.status === 410) return 'gone';
	if (failure.status !== undefined) return failure.status < 500 ? 'wrong' : 'unreachable';
	// An answer that is no key will not become one, and an address we refuse stays refused; silence may pass.
	const silent = failure.error instanceof OutgoingFailure && PASSING.has(failure.error.code);
	return silent ? 'unreachable' : 'wrong';
}

function toRequest({ method, path, headers, body }: SignedRequest, origin: string): Request {
	const copied = new Headers();
	for (const [name, value] of Object.entries(headers)) {
		if (value !== undefined) copied.set(name, Array.isArray(value) ? value.join(', ') : value);
	}
	// Bound to the branch this is, not to whatever name the sender wrote.
	copied.set('host', new URL(origin).host);
	return new Request(`${origin}${path}`, { method, headers: copied, body: body && new Uint8Array(body) });
}
