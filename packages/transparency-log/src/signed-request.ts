import { createHash } from 'node:crypto';
import { canonicalize } from './jcs.ts';
import { type PublicKey, type SigningKey, signBytes, verifyBytes } from './keys.ts';

/** How long a signed request may be used, in milliseconds, and how far two clocks may be apart. */
export const REQUEST_LIFE = 60_000;

const SCHEME = 'Understory ';
/** Signed before the token, so that no signature over a document can pass for one over a request. */
const CONTEXT = 'understory/request/v1\n';

/** What a request's signature says: for whom, what, when. */
export interface RequestClaims {
	/** Who is asked: a name both sides know, such as `provisioner` or an origin. */
	readonly audience: string;
	readonly method: string;
	/** Path and query, as on the request line. */
	readonly path: string;
	/** `bodyDigest(body)`; leave it out for a request without a body. */
	readonly bodyDigest?: string;
	/** UTC milliseconds. */
	readonly now: number;
}

/** The value of an `Authorization` header, scheme included, good for 60 seconds (DESIGN 5.1, 5.2). */
export function signRequest(key: SigningKey, claims: RequestClaims): string {
	const token = Buffer.from(
		canonicalize({
			key_id: key.id,
			audience: claims.audience,
			method: claims.method.toUpperCase(),
			path: claims.path,
			body: claims.bodyDigest ?? null,
			issued: claims.now,
		}),
	).toString('base64url');
	return `${SCHEME}${token}.${signBytes(key, Buffer.from(CONTEXT + token)).toString('base64url')}`;
}

/**
 * The id of the key that signed this very request, or null when it is not signed, not for us, another request, older than
 * 60 seconds, or by a key that `keyById` does not know. When the caller gives a `bodyDigest`, the token must carry the same;
 * a token that carries one is refused by a caller that gives none. It can be sent again within its life: what it asks for
 * must be idempotent.
 */
export function verifyRequest(
	header: string | undefined,
	expected: RequestClaims & { keyById(id: string): PublicKey | null | undefined },
): string | null {
	const parts = parse(header);
	if (!parts) return null;
	const { claims, token, signature } = parts;
	const same =
		claims.audience === expected.audience &&
		claims.method === expected.method.toUpperCase() &&
		claims.path === expected.path &&
		claims.body === (expected.bodyDigest ?? null) &&
		typeof claims.issued === 'number' &&
		Math.abs(expected.now - claims.issued) <= REQUEST_LIFE;
	if (!same || typeof claims.key_id !== 'string') return null;
	const key = expected.keyById(claims.key_id);
	if (!key || key.id !== claims.key_id) return null;
	return verifyBytes(key, Buffer.from(CONTEXT + token), signature) ? key.id : null;
}

/** The key a request says it was signed by, not yet verified: for callers that must look the key up before they verify. */
export function claimedKeyId(header: string | undefined): string | null {
	const id = parse(header)?.claims.key_id;
	return typeof id === 'string' ? id : null;
}

/** `sha256:<hex>` of the bytes of a body. */
export function bodyDigest(body: Uint8Array | string): string {
	return `sha256:${createHash('sha256').update(body).digest('hex')}`;
}

interface Parts {
	readonly claims: Readonly<Record<string, unknown>>;
	readonly token: string;
	readonly signature: Buffer;
}

function parse(header: string | undefined): Parts | null {
	if (!header?.startsWith(SCHEME) || header.length > 4096) return null;
	const [token, sig, ...more] = header.slice(SCHEME.length).split('.');
	if (!token || !sig || more.length > 0) return null;
	const claims = jsonObject(Buffer.from(token, 'base64url').toString('utf8'));
	return claims && { claims, token, signature: Buffer.from(sig, 'base64url') };
}

function jsonObject(text: string): Record<string, unknown> | null {
	try {
		const value: unknown = JSON.parse(text);
		return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
	} catch (error) {
		if (error instanceof SyntaxError) return null;
		throw error;
	}
}
