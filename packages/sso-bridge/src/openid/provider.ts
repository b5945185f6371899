import type { BranchRecord, Register } from '@understory/core/register.ts';
import { isServed } from '@understory/core/stage.ts';
import { toJwk } from '@understory/transparency-log/keys.ts';
import {
	type ClientMetadata,
	type Configuration,
	interactionPolicy,
	type JWK,
	Provider,
} from 'oidc-provider';
import type { Context } from '../context.ts';
import { accountById } from '../store/accounts.ts';
import { createAdapter } from '../store/oidc-adapter.ts';
import { issuerPages } from './pages.ts';
import { signingKey } from './signing-key.ts';

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

/** The issuer of one library (DESIGN 3): pairwise subjects, PKCE for every client, clients known by their branch keys only. */
export async function createProvider(context: Context, register: Register): Promise<Provider> {
	const { library, branches } = register;
	const keys = context.keysOf(library.id);
	const pages = issuerPages(context, register);
	const sectors = new Map(branches.map((branch) => [branch.id, branch.sector]));
	const configuration: Configuration = {
		adapter: (model: string) => createAdapter(context.database, library.id, model),
		clients: branches.filter((branch) => isServed(branch.stage) && branch.branch_key).map(clientOf),
		jwks: { keys: [await signingKey(context, library.id)] },
		subjectTypes: ['pairwise'],
		pairwiseIdentifier: async (_ctx, accountId, client) =>
			keys.subject(sectors.get(client.clientId) ?? client.clientId, accountId),
		sectorIdentifierUriValidate: () => false,
		...MECHANISMS,
		cookies: {
			keys: [keys.cookies],
			long: { signed: true, httpOnly: true, sameSite: 'lax', path: '/' },
			short: { signed: true, httpOnly: true, sameSite: 'lax', path: '/' },
			names: { session: 'card_session', interaction: 'card_interaction', resume: 'card_resume' },
		},
		features: {
			devInteractions: { enabled: false },
			userinfo: { enabled: true },
			rpInitiatedLogout: { enabled: true, ...pages.signOut },
			revocation: { enabled: false },
			introspection: { enabled: false },
			dPoP: { enabled: false },
			pushedAuthorizationRequests: { enabled: false },
			resourceIndicators: { enabled: false },
		},
		interactions: { url: (_ctx, interaction) => `/sign-in/${interaction.uid}`, policy: onlySignIn() },
		renderError: pages.refused,
		findAccount: async (_ctx, id) => accountOf(context, library.id, id),
		loadExistingGrant: grantOf,
	};
	const provider = new Provider(library.card_origin, configuration);
	provider.proxy = library.card_origin.startsWith('https:');
	provider.use(pages.withoutScripts);
	for (const event of ['server_error', 'grant.error', 'authorization.error'] as const) {
		provider.on(event as 'server_error', (_ctx, error: Error) => {
			context.log.warn('openid_error', { library: library.slug, job: event, error });
		});
	}
	return provider;
}

/** How a branch and its issuer speak (DESIGN 5.7): codes with PKCE, requests signed by the branch key, claims in the ID token. */
const MECHANISMS = {
	clientAuthMethods: ['private_key_jwt'],
	enabledJWA: {
		clientAuthSigningAlgValues: ['EdDSA', 'Ed25519'],
		idTokenSigningAlgValues: ['RS256'],
	},
	responseTypes: ['code'],
	scopes: ['openid'],
	claims: { openid: ['sub', 'age_band', 'standing', 'staff_id'] },
	// A branch reads the ID token and needs no second question.
	conformIdTokenClaims: false,
	pkce: { required: () => true },
	// Short, because the computer may stand in a library.
	ttl: {
		AccessToken: 300,
		AuthorizationCode: 60,
		IdToken: 600,
		Interaction: 600,
		Session: 3_600,
		Grant: 3_600,
	},
} satisfies Partial<Configuration>;

/** All clients are the library's own branches, and what they get is on the card page: nobody is asked for consent apart. */
function onlySignIn() {
	const policy = interactionPolicy.base();
	policy.remove('consent');
	return policy;
}

const grantOf: Configuration['loadExistingGrant'] = async (ctx) => {
	const { client, session, provider } = ctx.oidc;
	if (!client || !session?.accountId) return undefined;
	const known = session.grantIdFor(client.clientId);
	const existing = known ? await provider.Grant.find(known) : undefined;
	if (existing) return existing;
	const grant = new provider.Grant({ clientId: client.clientId, accountId: session.accountId });
	grant.addOIDCScope('openid');
	grant.addOIDCClaims(['age_band', 'standing', 'staff_id']);
	await grant.save();
	return grant;
};

async function accountOf(context: Context, library: string, id: string) {
	const account = await accountById(context.database, library, id);
	if (!account) return undefined;
	return {
		accountId: id,
		claims: () => ({
			sub: id,
			age_band: account.age_band,
			standing: account.standing,
			...(account.staff_id ? { staff_id: account.staff_id } : {}),
		}),
	};
}

function clientOf(branch: BranchRecord): ClientMetadata {
	return {
		client_id: branch.id,
		client_name: branch.name,
		token_endpoint_auth_method: 'private_key_jwt',
		token_endpoint_auth_signing_alg: 'EdDSA',
		jwks: { keys: [toJwk(branch.branch_key!) as unknown as JWK] },
		redirect_uris: [`${branch.origin}/session/callback`],
		post_logout_redirect_uris: [`${branch.origin}/`],
		response_types: ['code'],
		grant_types: ['authorization_code'],
		subject_type: 'pairwise',
		id_token_signed_response_alg: 'RS256',
		application_type: 'web',
	};
}
