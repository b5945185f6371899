import { createHash, timingSafeEqual } from 'node:crypto';
import { type ClientRecord, clientFault } from '@understory/core/client-record.ts';
import type { BranchRecord, Register } from '@understory/core/register.ts';
import { isServed } from '@understory/core/stage.ts';
import { toJwk } from '@understory/transparency-log/keys.ts';
import type { ClientMetadata, JWK, Provider } from 'oidc-provider';
import { OWN_CLIENT, ownClient } from './own-client.ts';

/** Whom somebody is on the way to. */
export interface Destination {
	readonly id: string;
	readonly name: string;
	/** Where it is. */
	readonly origin: string;
	readonly sector: string;
	/** Present for a branch. */
	readonly branch: BranchRecord | null;
	/** Present for a server that is no branch. */
	readonly foreign: ClientRecord | null;
	/** True for the card host itself, where people look after their sign-in. */
	readonly own?: true;
}

/** Everybody who signs people in through a library, by client id. A branch comes before a server that took its id. */
export function destinationsOf({
	library,
	branches,
	clients = [],
}: Register): ReadonlyMap<string, Destination> {
	const readable = clients.filter((client) => clientFault(client) === null);
	const foreign = readable.map((client): [string, Destination] => {
		const { id, name, origin, sector } = client;
		return [id, { id, name, origin, sector, branch: null, foreign: client }];
	});
	const ours = branches.map((branch): [string, Destination] => {
		const { id, name, origin, sector } = branch;
		return [id, { id, name, origin, sector, branch, foreign: null }];
	});
	const { name, card_origin: origin } = library;
	const own = {
		id: OWN_CLIENT,
		name,
		origin,
		sector: OWN_CLIENT,
		branch: null,
		foreign: null,
		own: true,
	} as const;
	return new Map([...foreign, ...ours, [OWN_CLIENT, own]]);
}

/** What of an issuer depends on the register; when one of these changes, the issuer is built anew. */
export function clientsDigest({ library, branches, clients = [] }: Register): string {
	return JSON.stringify([
		library,
		branches.map(({ id, origin, branch_key, stage, sector, name }) => [
			id,
			origin,
			branch_key,
			stage,
			sector,
			name,
		]),
		clients,
	]);
}

/** The clients of a library's issuer: its branches that have a key and are served, servers that stand in its register, and itself. */
export function clientsOf(destinations: Iterable<Destination>): ClientMetadata[] {
	return [...destinations].flatMap(({ branch, foreign, own, origin }) => {
		if (own) return [ownClient(origin)];
		if (foreign) return [foreignClient(foreign)];
		return branch && isServed(branch.stage) && branch.branch_key ? [branchClient(branch)] : [];
	});
}

function branchClient(branch: BranchRecord): ClientMetadata {
	return {
		client_id: branch.id,
		client_name: branch.name,
		token_endpoint_auth_method: 'private_key_jwt',
		token_endpoint_auth_signing_alg: 'EdDSA',
		jwks: { keys: [toJwk(branch.branch_key!) as unknown as JWK] },
		redirect_uris: [`${branch.origin}/session/callback`],
		post_logout_redirect_uris: [`${branch.origin}/`],
		backchannel_logout_uri: `${branch.origin}/session/ended`,
		backchannel_logout_session_required: true,
		response_types: ['code'],
		// For apps, whose access a branch asks to be confirmed now and then.
		grant_types: ['authorization_code', 'refresh_token'],
		scope: 'openid offline_access',
		subject_type: 'pairwise',
		id_token_signed_response_alg: 'RS256',
		application_type: 'web',
	};
}

function foreignClient(client: ClientRecord): ClientMetadata {
	const { backchannel_logout_uri } = client;
	return {
		client_id: client.id,
		client_name: client.name,
		token_endpoint_auth_method: client.auth_method,
		// Compared by `compareHashes`; no key is ever made of it, since nothing symmetric is enabled.
		client_secret: client.secret_hashes.join(' '),
		redirect_uris: [...client.redirect_uris],
		post_logout_redirect_uris: [...client.post_logout_redirect_uris],
		...(backchannel_logout_uri ? { backchannel_logout_uri, backchannel_logout_session_required: true } : {}),
		response_types: ['code'],
		grant_types: client.offline ? ['authorization_code', 'refresh_token'] : ['authorization_code'],
		scope: client.offline ? 'openid profile offline_access' : 'openid profile',
		subject_type: 'pairwise',
		id_token_signed_response_alg: client.id_token_alg,
		application_type: 'web',
	};
}

/** Secrets are kept as hashes (`hashOfSecret`), so a secret that is shown is hashed before it is compared. */
export function compareHashes(provider: Provider): void {
	const prototype = provider.Client.prototype as unknown as {
		clientSecret?: string;
		compareClientSecret(shown: string): boolean;
	};
	prototype.compareClientSecret = function (this: typeof prototype, shown: string) {
		const given = createHash('sha256').update(shown).digest();
		const kept = (this.clientSecret ?? '').split(' ').map((text) => Buffer.from(text, 'base64url'));
		return kept.some((one) => one.length === given.length && timingSafeEqual(one, given));
	};
}
