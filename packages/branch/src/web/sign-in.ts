import { AGE_BANDS, type Claims, SHARED_COMPUTER, STANDINGS } from '@understory/core/claims.ts';
import { PublicError, Unavailable } from '@understory/core/errors.ts';
import type { Request } from 'express';
import * as openid from 'openid-client';
import { type AuthenticateOptions, Strategy, type VerifyFunction } from 'openid-client/passport';
import { Passport } from 'passport';
import type { BranchContext } from '../context.ts';
import { type Ended, logoutTokens } from './logout-token.ts';
import type { Visit } from './visit.ts';

/** Whom the card issuer vouched for. */
export interface SignedIn {
	readonly claims: Claims;
	readonly idToken: string;
	/** What the issuer calls this sign-in. */
	readonly cardSession: string | undefined;
	/** At a computer that others use too. */
	readonly shared: boolean;
}

/** Sign-in by library card: this branch is an ordinary OpenID client of its library's issuer. */
export interface SignIn {
	/** Sends the visitor to the card page. */
	begin(visit: Visit): void;
	/** What came back. Throws PublicError `sign_in` when it is not the answer to what this browser asked. */
	finish(visit: Visit): Promise<SignedIn>;
	/** Where to end the sign-in at the issuer too, or null when it has no such page. */
	leave(idToken: string | undefined): string | null;
	/** What a logout token of the issuer says. Throws PublicError `logout_token` when it is not a good one for this branch. */
	ended(logoutToken: string): Promise<Ended>;
}

/** Where the issuer sends people back to. */
const CALLBACK = '/session/callback';

/**
 * Finds the issuer's settings and makes the client: authorization code with PKCE, state and nonce, `private_key_jwt` by the branch key
 * (DESIGN 5.3, 5.7). Throws Unavailable when the issuer does not answer.
 */
export async function createSignIn(
	context: BranchContext,
	settings: { readonly town: boolean },
): Promise<SignIn> {
	const config = await discover(context, settings);
	const passport = new Passport();
	const strategy = new CardStrategy(
		{
			name: 'card',
			sessionKey: 'signingIn',
			config,
			scope: 'openid',
			callbackURL: context.origin + CALLBACK,
		},
		(tokens, done) => {
			done(null, signedIn(tokens) ?? false);
		},
	);
	passport.use(strategy);
	const { issuer, jwks_uri: keys } = config.serverMetadata();
	const readToken = logoutTokens({
		issuer,
		audience: context.id,
		keys: new URL(keys ?? '/jwks', issuer),
		outgoing: context.outgoing,
	});
	return {
		begin(visit) {
			passport.authenticate('card')(visit.request, visit.response, (error: unknown) => {
				visit.request.next?.(error);
			});
		},
		finish: (visit) =>
			new Promise((resolve, reject) => {
				const authenticate = passport.authenticate('card', (error: unknown, user: SignedIn | false) => {
					if (error || !user) reject(refused(error));
					else resolve(user);
				});
				authenticate(visit.request, visit.response, (error: unknown) => reject(refused(error)));
			}),
		leave(idToken) {
			if (!config.serverMetadata().end_session_endpoint) return null;
			return openid.buildEndSessionUrl(config, {
				post_logout_redirect_uri: `${context.origin}/`,
				...(idToken ? { id_token_hint: idToken } : {}),
			}).href;
		},
		ended: readToken,
	};
}

/** Passport's strategy with a state and a nonce besides PKCE: each binds the answer to this browser in its own way. */
class CardStrategy extends Strategy {
	override authorizationRequestParams<T extends AuthenticateOptions>(req: Request, options: T) {
		const asked = super.authorizationRequestParams(req, options);
		const params = new URLSearchParams(asked as URLSearchParams);
		params.set('state', openid.randomState());
		params.set('nonce', openid.randomNonce());
		return params;
	}
}

async function discover(
	context: BranchContext,
	settings: { readonly town: boolean },
): Promise<openid.Configuration> {
	const issuer = new URL(context.current.library().card_origin);
	const key = context.keyring.branchKey();
	const jwk = key.privateKey.export({ format: 'jwk' });
	const signing = await crypto.subtle.importKey('jwk', jwk, { name: 'Ed25519' }, false, ['sign']);
	const authentication = openid.PrivateKeyJwt(
		{ key: signing, kid: key.id },
		{
			[openid.modifyAssertion](header) {
				// The name RFC 8037 gave it, which the key's own JWK carries.
				header.alg = 'EdDSA';
			},
		},
	);
	try {
		return await openid.discovery(issuer, context.id, {}, authentication, {
			[openid.customFetch]: context.outgoing.fetch as openid.CustomFetch,
			execute: settings.town && issuer.protocol === 'http:' ? [openid.allowInsecureRequests] : [],
			timeout: 10,
		});
	} catch (cause) {
		throw new Unavailable('The card sign-in of the library does not answer now.', 'card_sign_in', { cause });
	}
}

function signedIn(tokens: Parameters<VerifyFunction>[0]): SignedIn | null {
	const told = tokens.claims();
	const claims = claimsOf(told);
	if (!told || !claims) return null;
	return {
		claims,
		idToken: tokens.id_token ?? '',
		cardSession: typeof told.sid === 'string' ? told.sid : undefined,
		shared: told.acr === SHARED_COMPUTER,
	};
}

function claimsOf(claims: openid.IDToken | undefined): Claims | null {
	if (!claims?.sub) return null;
	const age_band = AGE_BANDS.find((band) => band === claims.age_band) ?? 'unknown';
	// Nothing less than the word opens everything.
	const standing = STANDINGS.find((one) => one === claims.standing) ?? 'porch';
	const staff = typeof claims.staff_id === 'string' ? { staff_id: claims.staff_id } : {};
	return { sub: claims.sub, age_band, standing, ...staff };
}

function refused(cause: unknown): PublicError {
	if (cause instanceof PublicError) return cause;
	return new PublicError(400, 'sign_in', 'The sign-in was not finished. Begin it once more.', { cause });
}
