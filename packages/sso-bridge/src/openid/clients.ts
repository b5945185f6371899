import type { BranchRecord, Register } from '@understory/core/register.ts';
import { isServed } from '@understory/core/stage.ts';
import { toJwk } from '@understory/transparency-log/keys.ts';
import type { ClientMetadata, JWK } from 'oidc-provider';

/** What of an issuer depends on the register; when one of these changes, the issuer is built anew. */
export function clientsDigest({ library, branches }: Register): string {
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
	]);
}

/** The clients of a library's issuer: its branches that have a key and are served. */
export function clientsOf({ branches }: Register): ClientMetadata[] {
	return branches.filter((branch) => isServed(branch.stage) && branch.branch_key).map(branchClient);
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
		grant_types: ['authorization_code'],
		subject_type: 'pairwise',
		id_token_signed_response_alg: 'RS256',
		application_type: 'web',
	};
}
