import { clientFault } from '@understory/core/client-record.ts';
import type { Register } from '@understory/core/register.ts';
import { type Configuration, type JWK, type KoaContextWithOIDC, Provider } from 'oidc-provider';
import type { Context } from '../context.ts';
import { keepNotices } from '../store/logout-notices.ts';
import { createAdapter } from '../store/oidc-adapter.ts';
import { bindUpstreamSession } from '../store/upstream-sessions.ts';
import { accountsOf, type Carried, presentBy } from './accounts.ts';
import { cardPolicy, LIFETIMES } from './card-session.ts';
import { clientFetch } from './client-fetch.ts';
import { clientsOf, compareHashes, type Destination, destinationsOf } from './clients.ts';
import { consentPrompt } from './consent.ts';
import { grantOf } from './grants.ts';
import { issuerPages } from './pages.ts';
import { type SignOut, signOutOf } from './sign-out.ts';

/** One library's issuer, and how sign-ins end there. */
export interface Issuer {
	readonly provider: Provider;
	readonly signOut: SignOut;
	/** Its clients, by id. */
	readonly destinations: ReadonlyMap<string, Destination>;
}

/** The issuer of one library (DESIGN 3), with pairwise subjects for every client. */
export async function createIssuer(
	context: Context,
	register: Register,
	signingKeys: readonly JWK[],
): Promise<Issuer> {
	const { library } = register;
	const keys = context.keysOf(library.id);
	const destinations = destinationsOf(register);
	for (const client of register.clients ?? []) {
		const fault = clientFault(client);
		if (fault) context.log.warn('client_left_out', { library: library.slug, error_code: fault });
	}
	const subjectAt = (client: string, account: string) =>
		keys.subject(destinations.get(client)?.sector ?? client, account);
	const signOut = signOutOf(context, library, subjectAt);
	const pages = issuerPages(context, library, destinations, signOut);
	const clients = clientsOf(destinations.values());
	const clientAt = new Map(clients.map((client) => [client.backchannel_logout_uri, client.client_id]));
	const configuration: Configuration = {
		adapter: (model: string) => createAdapter(context.database, library.id, model),
		clients,
		jwks: { keys: [...signingKeys] },
		subjectTypes: ['pairwise'],
		pairwiseIdentifier: async (_ctx, accountId, client) => subjectAt(client.clientId, accountId),
		sectorIdentifierUriValidate: () => false,
		...mechanisms(register),
		issueRefreshToken: (_ctx, client, code) => mayLast(client, code),
		pkce: { required: (ctx, client) => needsPkce(ctx, destinations.get(client.clientId)) },
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
		interactions: {
			url: (_ctx, { prompt, uid }) => `/${prompt.name === 'consent' ? 'agree' : 'sign-in'}/${uid}`,
			policy: cardPolicy(consentPrompt(context, library.id, () => provider, destinations)),
		},
		renderError: pages.refused,
		fetch: clientFetch(context.clientLines, (url) => clientAt.get(url)),
		findAccount: accountsOf(context, library.id, () => provider, destinations),
		loadExistingGrant: grantOf,
	};
	/** Access without the person is for clients that may have it, and for people who are all the way in. */
	async function mayLast(
		client: { grantTypeAllowed(type: string): boolean },
		code: { scopes: Set<string>; accountId?: string },
	): Promise<boolean> {
		if (!client.grantTypeAllowed('refresh_token') || !code.scopes.has('offline_access')) return false;
		const who = { account: code.accountId ?? '', source: code as Carried };
		return (await presentBy(context, library.id, provider, who))?.standing === 'full';
	}
	const provider: Provider = new Provider(library.card_origin, configuration);
	provider.proxy = library.card_origin.startsWith('https:');
	compareHashes(provider);
	provider.use(pages.withoutScripts);
	provider.use(async (ctx: KoaContextWithOIDC, next: () => Promise<void>) => {
		await next();
		const { Interaction: ended } = ctx.oidc?.entities ?? {};
		if (!ended || !ctx.oidc?.session || context.upstreams.of(library).ways.length === 0) return;
		// A session that stands on one of an identity provider's ends with it.
		const bound = { library: library.id, interaction: ended.uid, uid: ctx.oidc.session.uid };
		await bindUpstreamSession(context.database, bound);
	});
	listen(context, register, provider);
	return { provider, signOut, destinations };
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

/**
 * How an issuer and its clients speak (DESIGN 5.7): codes with PKCE; branches sign their requests with the branch key, other servers have a secret. What
 * only other servers need is there only where the library has one.
 */
function mechanisms({ clients = [] }: Register) {
	const withOthers = clients.length > 0;
	return {
		clientAuthMethods: withOthers
			? ['private_key_jwt', 'client_secret_basic', 'client_secret_post']
			: ['private_key_jwt'],
		enabledJWA: {
			clientAuthSigningAlgValues: ['EdDSA', 'Ed25519'],
			idTokenSigningAlgValues: ['RS256', 'ES256'],
		},
		responseTypes: ['code'],
		scopes: withOthers ? ['openid', 'profile', 'offline_access'] : ['openid', 'offline_access'],
		claims: {
			openid: ['sub', 'age_band', 'standing', 'staff_id', 'acr'],
			...(withOthers ? { profile: ['preferred_username', 'name'] } : {}),
		},
		// A branch reads the ID token and needs no second question.
		conformIdTokenClaims: false,
		// Each is used once; who shows one twice has stolen it or was robbed (RFC 9700 4.14.2).
		rotateRefreshToken: true,
		ttl: LIFETIMES,
	} satisfies Partial<Configuration>;
}

/** A server that cannot do PKCE has to send a nonce instead, which binds the answer to its question as well (RFC 9700 2.1.1). */
function needsPkce(ctx: KoaContextWithOIDC, at: Destination | undefined): boolean {
	return at?.foreign?.pkce !== 'optional' || !ctx.oidc.params?.nonce;
}
