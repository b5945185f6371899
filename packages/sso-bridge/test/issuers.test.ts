import { expect } from 'chai';
import { call } from '../../../test/e2e/api.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';
import { testLibrary } from './fixtures/library.ts';

describe('the issuers of two libraries in one process, of which one is kept ready', () => {
	let bed: Bed;
	let belmont: BranchClient;
	let riverside: BranchClient;
	before(async () => {
		bed = await startBed({ readyIssuers: 1 });
		belmont = await branchClient(bed, bed.salem, 'belmont');
		riverside = await branchClient(bed, bed.bend, 'riverside');
	});
	after(() => bed?.close());

	const okafor = () => bed.person('Okafor');
	const get = (url: string, headers: Record<string, string> = {}) => bed.outgoing.request({ url, headers });
	const documentAt = async (url: string) =>
		JSON.parse((await get(url)).body.toString()) as Record<string, unknown>;

	it('go on with a sign-in that began before the other library was asked', async () => {
		const visitor = visitorOf(bed);
		const begun = await belmont.begin();
		const page = await visitor.open(begun.url);
		await riverside.signIn(visitorOf(bed), okafor());
		const { card, pin } = okafor();
		const back = await visitor.send(page, '/sign-in/', { card, pin });
		await riverside.signIn(visitorOf(bed), okafor());
		expect((await belmont.redeem(begun, back.url)).claims()).to.include({ iss: bed.salem.origin });
	});

	it('know nothing of each other’s codes and tokens', async () => {
		const { begun, url } = await belmont.code(visitorOf(bed), okafor());
		const there = new URL(url);
		there.searchParams.set('iss', bed.bend.origin);
		const stolen = await riverside.redeem(begun, there.href).catch((error: { error: string }) => error.error);
		expect(stolen).to.equal('invalid_grant');
		const { accessToken } = await belmont.signIn(visitorOf(bed), okafor());
		const answer = await get(`${bed.bend.origin}/me`, { authorization: `Bearer ${accessToken}` });
		expect(answer.status).to.equal(401);
		const other = new URL((await belmont.begin()).url);
		const refused = await visitorOf(bed).open(`${bed.bend.origin}/auth${other.search}`);
		expect(refused.status).to.equal(400);
		expect(refused.text).to.include('This sign-in cannot go on');
	});

	it('give the same person another name, and have keys of their own', async () => {
		const here = await belmont.signIn(visitorOf(bed), okafor());
		const there = await riverside.signIn(visitorOf(bed), okafor());
		expect(here.claims.sub).to.not.equal(there.claims.sub);
		const kids = async (origin: string) =>
			((await documentAt(`${origin}/jwks`)).keys as { kid: string }[]).map(({ kid }) => kid);
		const both = [...(await kids(bed.salem.origin)), ...(await kids(bed.bend.origin))];
		expect(new Set(both).size).to.equal(both.length);
	});

	it('set cookies for their own host only, and take none of each other', async () => {
		const visitor = visitorOf(bed);
		await belmont.signIn(visitor, okafor());
		const cookies = visitor.cookieLines(new URL(bed.salem.origin).host);
		expect(cookies.join('\n')).to.match(/card_session=.*httponly/i);
		for (const line of cookies) expect(line).to.not.match(/domain=/i);
		const begun = await riverside.begin();
		const answer = await get(begun.url, { cookie: visitor.cookieHeader(new URL(bed.salem.origin).host) });
		expect(answer.status).to.equal(303);
		expect(answer.headers.location).to.include('/sign-in/');
	});

	it('on https set cookies that a browser keeps for that host and for https only, whatever a proxy says', async () => {
		const secure = testLibrary('secure', bed.port, ['main'], {
			card_origin: 'https://card.secure.localhost',
		});
		bed.libraries.push(secure);
		await bed.bridge().settle();
		const { search } = new URL((await belmont.begin()).url);
		const params = new URLSearchParams(search);
		const { id, origin } = secure.branches.get('main')!.record;
		params.set('client_id', id);
		params.set('redirect_uri', `${origin}/session/callback`);
		const answer = await call(bed.port, 'GET', `/auth?${params}`, { host: 'card.secure.localhost' });
		expect(answer.status).to.equal(303);
		const lines = [answer.headers['set-cookie'] ?? []].flat();
		expect(lines).to.have.length.above(1);
		for (const line of lines) expect(line).to.match(/^__(Host|Secure)-card_.*; secure/i);
	});

	it('say the same of themselves under both names that clients look at, each with its own addresses', async () => {
		const discovery = await documentAt(`${bed.salem.origin}/.well-known/openid-configuration`);
		const oauth = await documentAt(`${bed.salem.origin}/.well-known/oauth-authorization-server`);
		expect(oauth).to.deep.equal(discovery);
		expect(discovery).to.deep.include({
			issuer: bed.salem.origin,
			authorization_endpoint: `${bed.salem.origin}/auth`,
			token_endpoint: `${bed.salem.origin}/token`,
			jwks_uri: `${bed.salem.origin}/jwks`,
			backchannel_logout_supported: true,
			backchannel_logout_session_supported: true,
			authorization_response_iss_parameter_supported: true,
			code_challenge_methods_supported: ['S256'],
		});
		const theirs = await documentAt(`${bed.bend.origin}/.well-known/openid-configuration`);
		expect(JSON.stringify(theirs)).to.not.include('salem');
	});

	it('name themselves in what comes back, so that a client of two is not led to mix them up (RFC 9207)', async () => {
		const { url } = await belmont.code(visitorOf(bed), okafor());
		expect(new URL(url).searchParams.get('iss')).to.equal(bed.salem.origin);
	});
});
