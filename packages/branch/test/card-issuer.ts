import { generateKeyPairSync } from 'node:crypto';
import type { RequestListener } from 'node:http';
import { toJwk } from '@understory/transparency-log/keys.ts';
import { type JWTPayload, SignJWT } from 'jose';
import Provider from 'oidc-provider';
import type { Bed } from './bed.ts';
import { type Answer, call } from './browser.ts';

/** A real OpenID provider in the place of the library's bridge; whoever asks is signed in as `who`. */
export interface CardIssuer {
	who: { sub: string; age_band: string; standing: string; staff_id?: string };
	/** The `acr` of the next sign-ins. */
	acr: string | undefined;
	readonly handle: RequestListener;
	/** A token signed by the issuer's key, with whatever claims and header somebody likes. */
	sign(claims: JWTPayload, header?: { alg?: string; typ?: string }): Promise<string>;
}

export function cardIssuer(bed: Bed): CardIssuer {
	const status = bed.branch('north').open.status();
	const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
	const jwk = { ...privateKey.export({ format: 'jwk' }), kid: 'key-1', use: 'sig', alg: 'RS256' };
	const issuer: CardIssuer = {
		who: { sub: 'sub-teo', age_band: 'adult', standing: 'full' },
		acr: undefined,
		handle: (req, res) => provider.callback()(req, res),
		sign: (claims, { alg = 'RS256', typ = 'logout+jwt' } = {}) =>
			new SignJWT(claims).setProtectedHeader({ alg, typ, kid: 'key-1' }).sign(privateKey),
	};
	const provider = new Provider(bed.library.card_origin, {
		clients: [
			{
				client_id: status.branch,
				token_endpoint_auth_method: 'private_key_jwt',
				token_endpoint_auth_signing_alg: 'EdDSA',
				jwks: { keys: [toJwk(status.branch_key!)] },
				redirect_uris: [`${bed.branch('north').origin}/session/callback`],
				post_logout_redirect_uris: [`${bed.branch('north').origin}/`],
				backchannel_logout_uri: `${bed.branch('north').origin}/session/ended`,
				backchannel_logout_session_required: true,
				response_types: ['code'],
				grant_types: ['authorization_code'],
			},
		],
		jwks: { keys: [jwk] },
		cookies: { keys: ['a test key'] },
		claims: { openid: ['sub', 'age_band', 'standing', 'staff_id', 'acr'] },
		conformIdTokenClaims: false,
		features: { devInteractions: { enabled: false }, backchannelLogout: { enabled: true } },
		interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
		findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ ...issuer.who }) }),
		pkce: { required: () => true },
	});
	provider.use(async (context, next) => {
		if (!context.path.startsWith('/interaction/')) return next();
		const { prompt, params } = await provider.interactionDetails(context.req, context.res);
		let result: Parameters<typeof provider.interactionFinished>[2];
		if (prompt.name === 'login') {
			const { acr } = issuer;
			result = { login: { accountId: issuer.who.sub, ...(acr ? { acr } : {}) } };
		} else {
			const grant = new provider.Grant({ accountId: issuer.who.sub, clientId: String(params.client_id) });
			grant.addOIDCScope('openid');
			result = { consent: { grantId: await grant.save() } };
		}
		context.respond = false;
		await provider.interactionFinished(context.req, context.res, result, { mergeWithLastSubmission: true });
	});
	return issuer;
}

/** A browser that keeps cookies by host, the issuer's too. */
export interface CardVisitor {
	/** By host and name. */
	readonly jar: Map<string, string>;
	/** Every cookie line it was sent, as it was. */
	readonly lines: string[];
	visit(url: string, form?: Record<string, string>): Promise<Answer>;
	/** Follows redirects to the page they end on. */
	walk(url: string): Promise<{ url: string; answer: Answer; seen: string[] }>;
}

export function cardVisitor(bed: Bed): CardVisitor {
	const jar = new Map<string, string>();
	const lines: string[] = [];
	async function visit(url: string, form?: Record<string, string>): Promise<Answer> {
		const { host, pathname, search, origin } = new URL(url);
		const body = form && new URLSearchParams(form).toString();
		const answer = await call(
			bed.port,
			form ? 'POST' : 'GET',
			pathname + search,
			{
				host,
				accept: 'text/html',
				cookie: [...jar]
					.filter(([key]) => key.startsWith(`${host} `))
					.map(([key, value]) => `${key.split(' ')[1]}=${value}`)
					.join('; '),
				...(body ? { 'content-type': 'application/x-www-form-urlencoded', origin } : {}),
			},
			body,
		);
		for (const cookie of answer.headers['set-cookie'] ?? []) {
			lines.push(cookie);
			const [pair = ''] = cookie.split(';');
			jar.set(`${host} ${pair.slice(0, pair.indexOf('='))}`, pair.slice(pair.indexOf('=') + 1));
		}
		return answer;
	}
	return {
		jar,
		lines,
		visit,
		async walk(url) {
			const seen: string[] = [];
			for (let at = url; ; ) {
				seen.push(at);
				const answer = await visit(at);
				if (answer.status < 300 || answer.status > 399 || seen.length > 12) return { url: at, answer, seen };
				at = new URL(answer.headers.location!, at).href;
			}
		},
	};
}
