import type { Register } from '@understory/core/register.ts';
import { type Configuration, Provider } from 'oidc-provider';
import type { Context } from '../context.ts';
import { keepNotices } from '../store/logout-notices.ts';
import { createAdapter } from '../store/oidc-adapter.ts';
import { accountsOf } from './accounts.ts';
import { cardPolicy, LIFETIMES } from './card-session.ts';
import { clientFetch } from './client-fetch.ts';
import { clientsOf } from './clients.ts';
import { issuerPages } from './pages.ts';
import { type SignOut, signOutOf } from './sign-out.ts';
import { signingKey } from './signing-key.ts';

/** One library's issuer, and how sign-ins end there. */
export interface Issuer {
	readonly provider: Provider;
	readonly signOut: SignOut;
}

/** The issuer of one library (DESIGN 3): pairwise subjects, PKCE for every client, clients known by their branch keys only. */
export async function createIssuer(context: Context, register: Register): Promise<Issuer> {
	const { library, branches } = register;
	const keys = context.keysOf(library.id);
	const sectors = new Map(branches.map((branch) => [branch.id, branch.sector]));
	const subjectAt = (client: string, account: string) => keys.subject(sectors.get(client) ?? client, account);
	const signOut = signOutOf(context, library, subjectAt);
	const pages = issuerPages(context, register, signOut);
	const clients = clientsOf(register);
	const clientAt = new Map(clients.map((client) => [client.backchannel_logout_uri, client.client_id]));
	const configuration: Configuration = {
		adapter: (model: string) => createAdapter(context.database, library.id, model),
		clients,
		jwks: { keys: [await signingKey(context, library.id)] },
		subjectTypes: ['pairwise'],
		pairwiseIdentifier: async (_ctx, accountId, client) => subjectAt(client.clientId, accountId),
		sectorIdentifierUriValidate: () => false,
		...MECHANISMS,
		cookies: {
			keys: [keys.cookies],
			long: { signed: true, httpOnly: true, sameSite: 'lax', path: '/' },
			short: { signed: true, httpOnly: true, sameSite: 'lax', path: '/' },
			names: cookieNames(library.card_origin),
		},
		features: {
			devInteractions: { enabled: false },
			userinfo: { enabled: true },
			rpInitiatedLogout: { enabled: true, ...pages.signOut },
			backchannelLogout: { enabled: true },
			revocation: { enabled: false },
			introspection: { enabled: false },
			dPoP: { enabled: false },
			pushedAuthorizationRequests: { enabled: false },
			resourceIndicators: { enabled: false },
		},
		interactions: { url: (_ctx, interaction) => `/sign-in/${interaction.uid}`, policy: cardPolicy() },
		renderError: pages.refused,
		fetch: clientFetch(context.clientLines, (url) => clientAt.get(url)),
		findAccount: accountsOf(context, library.id, () => provider),
		loadExistingGrant: grantOf,
	};
	const provider: Provider = new Provider(library.card_origin, configuration);
	provider.proxy = library.card_origin.startsWith('https:');
	provider.use(pages.withoutScripts);
	listen(context, register, provider);
	return { provider, signOut };
}

/** What went wrong is written down by its code, and never with what was sent. */
function listen(context: Context, { library }: Register, provider: Provider): void {
	const { log, database, clock } = context;
	for (const event of ['server_error', 'grant.error', 'authorization.error'] as const) {
		provider.on(event as 'server_error', (_ctx, error: Error) => {
			log.warn('openid_error', { library: library.slug, job: event, error });
		});
	}
	provider.on('backchannel.error', (_ctx, error, { clientId: client }, account, sid) => {
		log.warn('sign_out_not_told', { branch: client, error });
		keepNotices(database, [{ library: library.id, client, sid, account }], clock.now()).catch(
			(cause: unknown) => log.error('notice_not_kept', { error: cause }),
		);
	});
}

/** On https a prefix makes the browser itself insist on Secure and on this host alone; only those of one path may not have the stronger one. */
function cookieNames(origin: string) {
	const https = origin.startsWith('https:');
	return {
		session: `${https ? '__Host-' : ''}card_session`,
		interaction: `${https ? '__Secure-' : ''}card_interaction`,
		resume: `${https ? '__Secure-' : ''}card_resume`,
	};
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
	claims: { openid: ['sub', 'age_band', 'standing', 'staff_id', 'acr'] },
	// A branch reads the ID token and needs no second question.
	conformIdTokenClaims: false,
	pkce: { required: () => true },
	ttl: LIFETIMES,
} satisfies Partial<Configuration>;

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
