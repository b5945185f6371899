import { type JWTPayload, type JWTVerifyGetKey, jwtVerify } from 'jose';
import type { Context } from '../../context.ts';
import { Refusal } from '../refusal.ts';
import { SKEW_MS } from '../saml/times.ts';
import type { OidcWay } from './relying-party.ts';

const EVENT = 'http://schemas.openid.net/event/backchannel-logout';
/** Asymmetric only: a secret that both sides know proves nothing about who wrote. */
const ALGORITHMS = [
	'RS256',
	'RS384',
	'RS512',
	'PS256',
	'PS384',
	'PS512',
	'ES256',
	'ES384',
	'ES512',
	'EdDSA',
	'Ed25519',
];
const OLDEST_SECONDS = 600;

/** What a provider says has ended: keyed hashes, as they were kept at the sign-in. */
export interface EndedAtProvider {
	readonly subject: string | null;
	readonly index: string | null;
}

/** Reads a logout token (OpenID Connect Back-Channel Logout 1.0, 2.6). Throws `Refusal`; each token counts once. */
export async function readLogoutToken(
	context: Context,
	about: OidcWay,
	token: string,
): Promise<EndedAtProvider> {
	const { library, way } = about;
	const { keys } = await context.upstreams.relyingParty(about);
	const payload = await verified(token, keys, about);
	const { sub, sid, jti, nonce, events } = payload as JWTPayload & { sid?: unknown; events?: unknown };
	const event =
		typeof events === 'object' && events !== null ? (events as Record<string, unknown>)[EVENT] : null;
	if (typeof event !== 'object' || event === null || nonce !== undefined || typeof jti !== 'string')
		throw new Refusal('oidc_token');
	if (sid !== undefined && typeof sid !== 'string') throw new Refusal('oidc_token');
	if (sub === undefined && sid === undefined) throw new Refusal('oidc_token');
	const until = context.clock.now() + 2 * (OLDEST_SECONDS * 1000 + SKEW_MS);
	if (!(await context.upstreams.memory.useUp(library.id, `${way.issuer}\0${jti}`, until)))
		throw new Refusal('replayed');
	const hash = (text: string) => context.keysOf(library.id).attempt(`${way.issuer}\0${text}`);
	return {
		subject: sub === undefined ? null : hash(`sub\0${sub}`),
		index: sid === undefined ? null : hash(`session\0${sid}`),
	};
}

async function verified(token: string, keys: JWTVerifyGetKey, { way }: OidcWay): Promise<JWTPayload> {
	try {
		const { payload, protectedHeader } = await jwtVerify(token, keys, {
			issuer: way.issuer,
			audience: way.client.id,
			algorithms: ALGORITHMS,
			clockTolerance: SKEW_MS / 1000,
			maxTokenAge: OLDEST_SECONDS,
			requiredClaims: ['iat', 'jti'],
		});
		// A token of another kind may have the same claims; one that says what it is, is it.
		const { typ } = protectedHeader;
		if (typ !== undefined && !/^(?:application\/)?(?:logout\+)?jwt$/i.test(typ))
			throw new Refusal('oidc_token');
		return payload;
	} catch (error) {
		throw error instanceof Refusal ? error : new Refusal('oidc_signature', error);
	}
}
