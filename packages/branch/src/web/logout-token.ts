import { PublicError, Unavailable } from '@understory/core/errors.ts';
import type { Outgoing } from '@understory/outgoing/outgoing.ts';
import { createRemoteJWKSet, customFetch, errors, type JWTPayload, jwtVerify } from 'jose';

/** What a logout token says: one session has ended, or (without a `sid`) all of one person. */
export interface Ended {
	readonly jti: string;
	/** When the token itself is over, UTC milliseconds. */
	readonly expires: number;
	readonly which: { readonly sid: string } | { readonly sub: string };
}

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
const SILENT = 'The card sign-in of the library does not answer now.';

/**
 * Reads the issuer's logout tokens (OpenID Connect Back-Channel Logout 1.0, 2.4 and 2.6): signed by one of its keys, meant for this client,
 * fresh, about a logout, and without a nonce, so that no ID token passes for one. That a `jti` comes once is for the caller to see to.
 */
export function logoutTokens(parts: {
	readonly issuer: string;
	readonly audience: string;
	readonly keys: URL;
	readonly outgoing: Pick<Outgoing, 'fetch'>;
}): (token: string) => Promise<Ended> {
	const keys = createRemoteJWKSet(parts.keys, {
		[customFetch]: parts.outgoing.fetch,
		timeoutDuration: 5_000,
	});
	return async (token) => {
		const { payload } = await jwtVerify(token, keys, {
			issuer: parts.issuer,
			audience: parts.audience,
			algorithms: ['RS256', 'ES256'],
			typ: 'logout+jwt',
			requiredClaims: ['iat', 'exp', 'jti', 'events'],
			maxTokenAge: 300,
			clockTolerance: 15,
		}).catch((cause: unknown) => {
			throw isOfToken(cause) ? refused(cause) : new Unavailable(SILENT, 'card_sign_in', { cause });
		});
		const which = whichOf(payload);
		if (!which || typeof payload.jti !== 'string' || 'nonce' in payload || !isLogout(payload.events)) {
			throw refused();
		}
		return { jti: payload.jti, expires: payload.exp! * 1000, which };
	};
}

function whichOf({ sid, sub }: JWTPayload): Ended['which'] | null {
	if (typeof sid === 'string' && sid !== '') return { sid };
	return typeof sub === 'string' && sub !== '' ? { sub } : null;
}

function isLogout(events: unknown): boolean {
	const event: unknown = (events as Record<string, unknown> | null)?.[EVENT];
	return typeof event === 'object' && event !== null && !Array.isArray(event);
}

/** Is it the token that is wrong, and not the way to the issuer's keys? */
function isOfToken(cause: unknown): boolean {
	return cause instanceof errors.JOSEError && !(cause instanceof errors.JWKSTimeout);
}

function refused(cause?: unknown): PublicError {
	return new PublicError(400, 'logout_token', 'This logout token is not accepted.', { cause });
}
