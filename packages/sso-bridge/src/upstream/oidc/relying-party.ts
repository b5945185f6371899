import { createPrivateKey } from 'node:crypto';
import type { LibraryRecord } from '@understory/core/register.ts';
import type { OidcUpstream } from '@understory/core/upstream-settings.ts';
import { createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from 'jose';
import * as openid from 'openid-client';
import type { Context } from '../../context.ts';
import { isSafeAddress } from '../address.ts';
import type { OwnKey } from '../own-keys.ts';
import { Refusal } from '../refusal.ts';
import { SKEW_MS } from '../saml/times.ts';
import type { OpenWay } from '../upstreams.ts';

/** One way in, and whose it is. */
export interface OidcWay {
	readonly library: LibraryRecord;
	readonly way: OpenWay<OidcUpstream>;
}

/** What we are to an OpenID provider. */
export interface RelyingParty {
	readonly config: openid.Configuration;
	/** Where the provider sends people back to: an address of each way, so that no provider's answer is taken for another's (RFC 9207). */
	readonly callback: string;
	/** The provider's keys, looked up again when it uses a new one and not more often than every half minute. */
	readonly keys: JWTVerifyGetKey;
}

/** How long a provider's own description is used before it is read again, in milliseconds. */
const KEPT_MS = 3_600_000;

const TIMEOUT_SECONDS = 10;

/** Makes the client for a way in; throws `Refusal` when the provider does not answer or describes itself in a way we cannot use. */
export type RelyingParties = (about: OidcWay) => Promise<RelyingParty>;

export function createRelyingParties(parts: {
	readonly now: () => number;
	readonly outgoing: Context['upstreams']['outgoing'];
	/** The key that signs what we send to a provider's token endpoint. */
	signingKey(library: LibraryRecord): Promise<OwnKey>;
}): RelyingParties {
	const known = new Map<
		string,
		{ readonly way: OidcUpstream; readonly made: number; readonly party: Promise<RelyingParty> }
	>();
	return ({ library, way }) => {
		const name = `${library.id}/${way.id}`;
		const before = known.get(name);
		if (before?.way === way && before.made > parts.now() - KEPT_MS) return before.party;
		const party = make({ library, way });
		known.set(name, { way, made: parts.now(), party });
		party.catch(() => {
			if (known.get(name)?.party === party) known.delete(name);
		});
		return party;
	};

	async function make({ library, way }: OidcWay): Promise<RelyingParty> {
		const authentication = await authenticationOf(way, () => parts.signingKey(library));
		const metadata = { [openid.clockTolerance]: SKEW_MS / 1000, use_mtls_endpoint_aliases: false };
		const config = way.endpoints
			? new openid.Configuration(manual(way, way.endpoints), way.client.id, metadata, authentication)
			: await discovered(way, metadata, authentication);
		config[openid.customFetch] = parts.outgoing.fetch as openid.CustomFetch;
		// What comes over TLS could be believed as it is; its signature is checked all the same.
		openid.enableNonRepudiationChecks(config);
		if (new URL(way.issuer).protocol === 'http:') openid.allowInsecureRequests(config);
		expectUsable(way, config.serverMetadata());
		config.timeout = TIMEOUT_SECONDS;
		return {
			config,
			callback: `${library.card_origin}/upstream/oidc/${way.id}/callback`,
			keys: createRemoteJWKSet(new URL(config.serverMetadata().jwks_uri!), {
				[customFetch]: parts.outgoing.fetch,
				timeoutDuration: TIMEOUT_SECONDS * 1000,
			}),
		};
	}

	async function discovered(
		way: OidcUpstream,
		metadata: Partial<openid.ClientMetadata>,
		authentication: openid.ClientAuth,
	): Promise<openid.Configuration> {
		try {
			return await openid.discovery(new URL(way.issuer), way.client.id, metadata, authentication, {
				[openid.customFetch]: parts.outgoing.fetch as openid.CustomFetch,
				timeout: TIMEOUT_SECONDS,
				...(isLocal(way.issuer) ? { execute: [openid.allowInsecureRequests] } : {}),
			});
		} catch (error) {
			throw new Refusal('provider_silent', error);
		}
	}
}

function manual(way: OidcUpstream, endpoints: NonNullable<OidcUpstream['endpoints']>): openid.ServerMetadata {
	return {
		issuer: way.issuer,
		authorization_endpoint: endpoints.authorization,
		token_endpoint: endpoints.token,
		jwks_uri: endpoints.jwks,
		...(endpoints.userinfo ? { userinfo_endpoint: endpoints.userinfo } : {}),
		...(endpoints.end_session ? { end_session_endpoint: endpoints.end_session } : {}),
	};
}

async function authenticationOf(
	{ client }: OidcUpstream,
	key: () => Promise<OwnKey>,
): Promise<openid.ClientAuth> {
	if (client.auth === 'client_secret_basic') return openid.ClientSecretBasic(client.secret ?? '');
	if (client.auth === 'client_secret_post') return openid.ClientSecretPost(client.secret ?? '');
	const { privateKey, number } = await key();
	const der = createPrivateKey(privateKey).export({ format: 'der', type: 'pkcs8' });
	const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' };
	const imported = await crypto.subtle.importKey('pkcs8', new Uint8Array(der), algorithm, false, ['sign']);
	return openid.PrivateKeyJwt({ key: imported, kid: keyId(number) });
}

/** The name of a key of ours among our published ones. */
export function keyId(number: number): string {
	return `key-${number}`;
}

/** Browsers and we ourselves go to a provider over TLS only, and it has keys that can be looked up. */
function expectUsable(way: OidcUpstream, server: openid.ServerMetadata): void {
	const needed = [way.issuer, server.authorization_endpoint, server.token_endpoint, server.jwks_uri];
	const optional = [server.end_session_endpoint, server.userinfo_endpoint].filter((one) => one !== undefined);
	if (![...needed, ...optional].every((one) => one !== undefined && isSafeAddress(one)))
		throw new Refusal('provider_unknown');
}

function isLocal(address: string): boolean {
	return new URL(address).protocol === 'http:' && isSafeAddress(address);
}
