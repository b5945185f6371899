import { createHash, generateKeyPairSync, randomBytes } from 'node:crypto';
import type { ClientMetadata, JWK } from 'oidc-provider';

/** The card host as a client of its own issuer, so that people can sign in for the page about their sign-in. */
export const OWN_CLIENT = 'your-sign-in';
const BACK = '/you/back';

/** A client whose codes nobody can redeem: its key is thrown away, and so is each verifier. All that is wanted of a sign-in is the session. */
export function ownClient(origin: string): ClientMetadata {
	const { publicKey } = generateKeyPairSync('ed25519');
	return {
		client_id: OWN_CLIENT,
		token_endpoint_auth_method: 'private_key_jwt',
		token_endpoint_auth_signing_alg: 'EdDSA',
		jwks: { keys: [publicKey.export({ format: 'jwk' }) as unknown as JWK] },
		redirect_uris: [`${origin}${BACK}`],
		response_types: ['code'],
		grant_types: ['authorization_code'],
		subject_type: 'pairwise',
		id_token_signed_response_alg: 'RS256',
		application_type: 'web',
	};
}

/** The pages of the card host that somebody signs in for: about their own sign-in, and of the desk. */
export const OWN_PAGES = ['you', 'desk'] as const;
export type OwnPage = (typeof OWN_PAGES)[number];

/** Where somebody signs in for their own page; with `anew` they prove who they are once more. */
export function ownSignIn(origin: string, { anew, to = 'you' }: { anew: boolean; to?: OwnPage }): string {
	const url = new URL('/auth', origin);
	const challenge = createHash('sha256').update(randomBytes(32).toString('base64url')).digest('base64url');
	url.search = new URLSearchParams({
		client_id: OWN_CLIENT,
		response_type: 'code',
		redirect_uri: `${origin}${BACK}`,
		scope: 'openid',
		code_challenge: challenge,
		code_challenge_method: 'S256',
		state: to,
		...(anew ? { prompt: 'login' } : {}),
	}).toString();
	return url.href;
}
