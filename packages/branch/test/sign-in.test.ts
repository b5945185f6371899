import type { RequestListener } from 'node:http';
import { toJwk } from '@understory/transparency-log/keys.ts';
import { expect } from 'chai';
import Provider from 'oidc-provider';
import { type Bed, createBed } from './bed.ts';
import { type Answer, call } from './browser.ts';
import { rows } from './look.ts';

/** A real OpenID provider in the place of the library's bridge; whoever asks is signed in as `who`. */
interface Issuer {
	who: { sub: string; age_band: string; standing: string; staff_id?: string };
	readonly handle: RequestListener;
}

describe('signing in by card', () => {
	let bed: Bed;
	let issuer: Issuer;
	let jar: Map<string, string>;

	beforeEach(async () => {
		bed = await createBed();
		issuer = createIssuer(bed);
		bed.serve('card', (req, res) => issuer.handle(req, res));
		jar = new Map();
	});
	afterEach(() => bed.close());

	/** One request of a browser that keeps cookies by host. */
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
			const [pair = ''] = cookie.split(';');
			jar.set(`${host} ${pair.slice(0, pair.indexOf('='))}`, pair.slice(pair.indexOf('=') + 1));
		}
		return answer;
	}
	/** Follows redirects to the page they end on. */
	async function walk(url: string): Promise<{ url: string; answer: Answer; seen: string[] }> {
		const seen: string[] = [];
		for (let at = url; ; ) {
			seen.push(at);
			const answer = await visit(at);
			if (answer.status < 300 || answer.status > 399 || seen.length > 12) return { url: at, answer, seen };
			at = new URL(answer.headers.location!, at).href;
		}
	}
	const origin = () => bed.branch('north').origin;
	const tokenIn = (body: string) => /name="_csrf" value="([^"]+)"/.exec(body)![1]!;

	it('leads through the issuer to the first visit, and a second time straight to the board', async () => {
		const first = await walk(`${origin()}/signin`);
		expect(first.url, first.answer.body).to.equal(`${origin()}/welcome`);
		const asked = new URL(first.seen.find((url) => url.includes('/auth?'))!);
		for (const name of ['state', 'nonce', 'code_challenge'])
			expect(asked.searchParams.get(name)).to.have.length.above(20);
		expect(asked.searchParams.get('code_challenge_method')).to.equal('S256');
		expect(asked.searchParams.get('scope')).to.equal('openid');
		const form = { _csrf: tokenIn(first.answer.body), name: 'Teo', handle: 'teo', rules: 'yes' };
		expect((await visit(`${origin()}/welcome`, form)).headers.location).to.equal('/home');
		expect((await visit(`${origin()}/home`)).status).to.equal(200);
		jar = new Map();
		const again = await walk(`${origin()}/signin?back=${encodeURIComponent('/board/branch')}`);
		expect(again.url).to.equal(`${origin()}/board/branch`);
		expect(rows(bed, 'north', 'SELECT id FROM person')).to.have.length(1);
	});

	it('proves itself with the branch key and no secret', async () => {
		await walk(`${origin()}/signin`);
		const token = bed.sent.find(({ url }) => url.endsWith('/token'))!;
		const assertion = new URLSearchParams(token.body.slice(token.body.indexOf('\n') + 1)).get(
			'client_assertion',
		)!;
		const header = JSON.parse(Buffer.from(assertion.split('.')[0]!, 'base64url').toString());
		expect(header).to.deep.include({ alg: 'EdDSA', kid: bed.branch('north').open.status().branch_key!.id });
		expect(token.body).not.to.include('client_secret');
	});

	it('gives the browser another session than the one it came with', async () => {
		const before = await visit(`${origin()}/signin`);
		const planted = [...jar].find(([key]) => key.includes('branch'))![1];
		await walk(new URL(before.headers.location!, origin()).href);
		expect([...jar].find(([key]) => key.includes('branch'))![1]).not.to.equal(planted);
	});

	it('refuses an answer that this browser did not ask for', async () => {
		const answer = await visit(`${origin()}/session/callback?code=stolen&state=stolen`);
		expect(answer.status).to.equal(400);
		expect(answer.body).to.include('The sign-in was not finished');
		await visit(`${origin()}/signin`);
		const forged = await visit(`${origin()}/session/callback?code=stolen&state=other`);
		expect(forged.status).to.equal(400);
		expect((await visit(`${origin()}/home`)).status).to.equal(401);
	});

	it('leads nobody to another site', async () => {
		await walk(`${origin()}/signin`);
		const form = {
			_csrf: tokenIn((await visit(`${origin()}/welcome`)).body),
			name: 'Teo',
			handle: 'teo',
			rules: 'yes',
		};
		await visit(`${origin()}/welcome`, form);
		for (const back of ['//evil.example/', '/\\evil.example', 'https://evil.example/', '/\t/evil.example']) {
			jar = new Map();
			const end = await walk(`${origin()}/signin?back=${encodeURIComponent(back)}`);
			expect(end.seen.some((url) => url.includes('evil.example/') && !url.includes('?back='))).to.equal(
				false,
			);
			expect(new URL(end.url).origin).to.equal(origin());
		}
	});

	it('lets staff in by their hat, without an account, even before the branch opens', async () => {
		bed.grant('staff-june', 'north');
		bed.change('north', { stage: 'unopened' });
		const front = await visit(`${origin()}/`);
		expect(front.body).to.include('North is not open yet').and.include('Sign in for staff');
		issuer.who = { sub: 'sub-june', age_band: 'adult', standing: 'full', staff_id: 'staff-june' };
		const { url, answer } = await walk(`${origin()}/signin`);
		expect(url).to.equal(`${origin()}/staff`);
		expect(answer.status).to.equal(200);
	});

	it('offers staff an account like anybody, and their room beside it, where people can join', async () => {
		bed.grant('staff-june', 'north');
		issuer.who = { sub: 'sub-june', age_band: 'adult', standing: 'full', staff_id: 'staff-june' };
		const { url, answer } = await walk(`${origin()}/signin`);
		expect(url).to.equal(`${origin()}/welcome`);
		expect(answer.body).to.include('href="/staff"');
		expect((await visit(`${origin()}/staff`)).status).to.equal(200);
	});

	it('turns a patron away where nobody new is taken, in words and without a session', async () => {
		bed.change('north', { stage: 'unopened' });
		const { answer } = await walk(`${origin()}/signin`);
		expect(answer.status).to.equal(403);
		expect(answer.body).to.include('This branch takes nobody new just now');
		expect((await visit(`${origin()}/welcome`)).status).to.equal(401);
	});

	it('takes what the issuer says anew each time', async () => {
		const first = await walk(`${origin()}/signin`);
		const form = { _csrf: tokenIn(first.answer.body), name: 'Teo', handle: 'teo', rules: 'yes' };
		await visit(`${origin()}/welcome`, form);
		issuer.who = { ...issuer.who, standing: 'porch' };
		jar = new Map();
		expect((await walk(`${origin()}/signin`)).answer.body).to.include('You can read, and not write');
	});

	it('signing out ends the session here and leads on to the issuer', async () => {
		const first = await walk(`${origin()}/signin`);
		const form = { _csrf: tokenIn(first.answer.body), name: 'Teo', handle: 'teo', rules: 'yes' };
		await visit(`${origin()}/welcome`, form);
		const home = await visit(`${origin()}/home`);
		expect(home.headers['content-security-policy']).to.include(
			`form-action 'self' ${bed.library.card_origin}`,
		);
		const out = await visit(`${origin()}/signout`, { _csrf: tokenIn(home.body) });
		expect(out.status).to.equal(303);
		expect(out.headers.location)
			.to.include(`${bed.library.card_origin}/session/end`)
			.and.include('id_token_hint=');
		expect((await visit(`${origin()}/home`)).status).to.equal(401);
		expect(rows(bed, 'north', 'SELECT sid FROM session WHERE data LIKE \'%"person"%\'')).to.deep.equal([]);
	});

	it('says in words that the issuer does not answer, and works again when it does', async () => {
		bed.serve('card', (_req, res) => void res.writeHead(503).end());
		const answer = await visit(`${origin()}/signin`);
		expect(answer.status).to.equal(503);
		expect(answer.body).to.include('Cards cannot be checked just now');
		bed.serve('card', (req, res) => issuer.handle(req, res));
		expect((await walk(`${origin()}/signin`)).url).to.equal(`${origin()}/welcome`);
	});
});

function createIssuer(bed: Bed): Issuer {
	const status = bed.branch('north').open.status();
	const issuer: Issuer = {
		who: { sub: 'sub-teo', age_band: 'adult', standing: 'full' },
		handle: (req, res) => provider.callback()(req, res),
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
				response_types: ['code'],
				grant_types: ['authorization_code'],
			},
		],
		cookies: { keys: ['a test key'] },
		claims: { openid: ['sub', 'age_band', 'standing', 'staff_id'] },
		conformIdTokenClaims: false,
		features: { devInteractions: { enabled: false } },
		interactions: { url: (_context, interaction) => `/interaction/${interaction.uid}` },
		findAccount: (_context, sub) => ({ accountId: sub, claims: () => ({ ...issuer.who }) }),
		pkce: { required: () => true },
	});
	provider.use(async (context, next) => {
		if (!context.path.startsWith('/interaction/')) return next();
		const { prompt, params } = await provider.interactionDetails(context.req, context.res);
		let result: Parameters<typeof provider.interactionFinished>[2];
		if (prompt.name === 'login') result = { login: { accountId: issuer.who.sub } };
		else {
			const grant = new provider.Grant({ accountId: issuer.who.sub, clientId: String(params.client_id) });
			grant.addOIDCScope('openid');
			result = { consent: { grantId: await grant.save() } };
		}
		context.respond = false;
		await provider.interactionFinished(context.req, context.res, result, { mergeWithLastSubmission: true });
	});
	return issuer;
}
