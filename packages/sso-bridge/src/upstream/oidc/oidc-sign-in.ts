import type { OidcUpstream } from '@understory/core/upstream-settings.ts';
import * as openid from 'openid-client';
import type { Context } from '../../context.ts';
import { type Departure, type Leaving, REQUEST_LASTS_MS } from '../departure.ts';
import { judged } from '../finish.ts';
import type { Answered, Asked } from '../memory.ts';
import { personBy } from '../people.ts';
import { Refusal } from '../refusal.ts';
import { SKEW_MS } from '../saml/times.ts';
import type { OidcWay, RelyingParty } from './relying-party.ts';
import { belongsTo } from './token-hash.ts';

/** Asks a provider to sign somebody in: PKCE, state and nonce, bound to the browser that leaves. Throws `Refusal`. */
export async function beginOidc(
	context: Context,
	about: OidcWay,
	{ purpose, browser, shared }: Leaving,
): Promise<Departure> {
	const { library, way } = about;
	const { config, callback } = await context.upstreams.relyingParty(about);
	const verifier = openid.randomPKCECodeVerifier();
	const nonce = openid.randomNonce();
	const at = context.clock.now();
	const again = shared || (way.ask_again ?? false);
	const asked: Asked = {
		kind: 'asked',
		upstream: way.id,
		purpose,
		browser,
		shared,
		again,
		id: '',
		at,
		openid: { nonce, verifier },
	};
	const state = await context.upstreams.memory.keep(library.id, asked, at + REQUEST_LASTS_MS);
	const url = openid.buildAuthorizationUrl(config, {
		redirect_uri: callback,
		scope: ['openid', ...(way.scopes ?? [])].join(' '),
		code_challenge: await openid.calculatePKCECodeChallenge(verifier),
		code_challenge_method: 'S256',
		state,
		nonce,
		...(again ? { prompt: 'login', max_age: '0' } : {}),
	});
	return { kind: 'address', url: url.href };
}

/** Redeems what a provider sent back, and keeps of it who it is (a keyed hash) and the words of our rules. Throws `Refusal`. */
export async function readOidcAnswer(
	context: Context,
	about: OidcWay,
	{ asked, state, url }: { asked: Asked; state: string; url: URL },
): Promise<Answered> {
	const { library, way } = about;
	const { openid: secrets, upstream, purpose, browser, shared } = asked;
	if (!secrets) throw new Refusal('not_begun_here');
	if (url.searchParams.has('error')) throw new Refusal('provider_said_no');
	const party = await context.upstreams.relyingParty(about);
	const tokens = await openid
		.authorizationCodeGrant(party.config, url, {
			pkceCodeVerifier: secrets.verifier,
			expectedState: state,
			expectedNonce: secrets.nonce,
			idTokenExpected: true,
			...(asked.again ? { maxAge: REQUEST_LASTS_MS / 1000 } : {}),
		})
		.catch((error: unknown) => {
			throw asRefusal(error);
		});
	const claims = tokens.claims();
	if (!claims?.sub || claims.iss !== way.issuer) throw new Refusal('no_stable_subject');
	// That it is young enough is the library's part; that it is younger than the question is ours.
	if (asked.again && Number(claims.auth_time) * 1000 < asked.at - SKEW_MS) throw new Refusal('oidc_answer');
	if (!belongsTo(tokens.access_token, claims.at_hash, tokens.id_token!)) throw new Refusal('oidc_token');
	const all = { ...(await moreClaims(party, way, tokens.access_token, claims.sub)), ...claims };
	const { identity, attempt } = context.keysOf(library.id);
	const hash = (text: string) => attempt(`${way.issuer}\0${text}`);
	const now = context.clock.now();
	const sid = typeof claims.sid === 'string' ? claims.sid : null;
	const links = [{ kind: 'oidc' as const, hash: identity('oidc', `${way.issuer}\0${claims.sub}`) }];
	const person = await judged(context, library, links, () =>
		personBy(way, (name) => valuesIn(all, name), { now, zone: library.zone }),
	);
	return {
		kind: 'answered',
		upstream,
		purpose,
		browser,
		shared,
		links,
		person,
		session: {
			subject: hash(`sub\0${claims.sub}`),
			index: sid === null ? null : hash(`session\0${sid}`),
			// Nothing: a provider that is asked to sign somebody out asks them itself.
			ending: {},
		},
	};
}

async function moreClaims(
	{ config }: RelyingParty,
	way: OidcUpstream,
	token: string,
	subject: string,
): Promise<Record<string, unknown>> {
	if (!way.userinfo) return {};
	return openid.fetchUserInfo(config, token, subject).catch((error: unknown) => {
		throw asRefusal(error);
	});
}

/** A claim's values as texts; a claim that is an object is none. */
function valuesIn(claims: Readonly<Record<string, unknown>>, name: string): string[] {
	const value = Object.hasOwn(claims, name) ? claims[name] : undefined;
	return [value].flat().filter(isPlain).map(String);
}

function isPlain(value: unknown): value is string | number | boolean {
	return typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean';
}

/** A provider that cannot be reached is one thing, an answer that is not right another. */
function asRefusal(error: unknown): Refusal {
	for (let one: unknown = error; one instanceof Error; one = one.cause) {
		if (one.name === 'OutgoingFailure' || one.name === 'TimeoutError')
			return new Refusal('provider_silent', error);
	}
	return new Refusal(error instanceof openid.ResponseBodyError ? 'oidc_token' : 'oidc_answer', error);
}
