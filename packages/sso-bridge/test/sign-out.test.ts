import { createInternalClient, createOutgoing } from '@understory/outgoing/outgoing.ts';
import { expect } from 'chai';
import { createRemoteJWKSet, customFetch, decodeJwt, jwtVerify } from 'jose';
import * as openid from 'openid-client';
import pg from 'pg';
import { clientFetch } from '../src/openid/client-fetch.ts';
import { type Bed, startBed } from './fixtures/bed.ts';
import { type BranchClient, branchClient, visitorOf } from './fixtures/branch-client.ts';

const HOUR = 3_600_000;

describe('signing out', () => {
	let bed: Bed;
	let belmont: BranchClient;
	let kenton: BranchClient;
	before(async () => {
		bed = await startBed();
		belmont = await branchClient(bed, bed.salem, 'belmont');
		kenton = await branchClient(bed, bed.salem, 'kenton');
	});
	after(() => bed?.close());
	beforeEach(() => {
		bed.told.length = 0;
		bed.branchesAnswer = 200;
	});

	const originOf = (name: string) => bed.salem.branches.get(name)!.record.origin;
	/** The address a branch sends people to who pressed "sign out" there. */
	const leaving = (idToken: string | null, extra: Record<string, string> = {}) =>
		openid.buildEndSessionUrl(belmont.config, {
			post_logout_redirect_uri: `${originOf('belmont')}/`,
			...(idToken ? { id_token_hint: idToken } : { client_id: bed.salem.branches.get('belmont')!.record.id }),
			...extra,
		}).href;
	const told = () => bed.told.map(({ host }) => host.split('.')[0]).sort();

	async function atBoth(name = 'Okafor') {
		const visitor = visitorOf(bed);
		const here = await belmont.signIn(visitor, bed.person(name));
		const there = await kenton.signIn(visitor, bed.person(name));
		expect(there.asked).to.equal(false);
		return { visitor, here, there };
	}

	it('with one press ends the sign-in at the library and leads back, without a question and without a script', async () => {
		const { visitor, here } = await atBoth();
		const back = await visitor.open(leaving(here.idToken, { state: 's-1' }));
		expect(back.url).to.equal(`${originOf('belmont')}/?state=s-1`);
		expect((await kenton.signIn(visitor, bed.person('Okafor'))).asked).to.equal(true);
	});

	it('tells every branch of the card session, in a token that says which session and not who', async () => {
		const { visitor, here, there } = await atBoth();
		await visitor.open(leaving(here.idToken));
		expect(told()).to.deep.equal(['belmont', 'kenton']);
		const { path, body } = bed.told.find(({ host }) => host.startsWith('kenton'))!;
		expect(path).to.equal('/session/ended');
		const token = new URLSearchParams(body).get('logout_token')!;
		const jwks = createRemoteJWKSet(new URL(kenton.config.serverMetadata().jwks_uri!), {
			[customFetch]: bed.outgoing.fetch,
		});
		const { payload, protectedHeader } = await jwtVerify(token, jwks, {
			issuer: bed.salem.origin,
			audience: bed.salem.branches.get('kenton')!.record.id,
			typ: 'logout+jwt',
		});
		expect(protectedHeader.alg).to.equal('RS256');
		expect(payload).to.include({ sub: there.claims.sub, sid: there.claims.sid });
		expect(payload.events).to.deep.equal({ 'http://schemas.openid.net/event/backchannel-logout': {} });
		expect(payload).to.not.have.property('nonce');
		expect(Object.keys(payload).sort()).to.deep.equal(
			['aud', 'events', 'exp', 'iat', 'iss', 'jti', 'sid', 'sub'].sort(),
		);
		expect(here.claims.sid).to.be.a('string').and.not.equal(there.claims.sid);
	});

	it('ends what was given in the session', async () => {
		const { visitor, here } = await atBoth();
		await visitor.open(leaving(here.idToken));
		const asked = openid.fetchUserInfo(belmont.config, here.accessToken, here.claims.sub);
		expect(await asked.catch(({ status }) => status)).to.equal(401);
	});

	it('reaches the other branches from a browser that has forgotten the library', async () => {
		const { here } = await atBoth();
		const back = await visitorOf(bed).open(leaving(here.idToken));
		expect(back.url).to.equal(`${originOf('belmont')}/`);
		expect(told()).to.deep.equal(['belmont', 'kenton']);
		bed.told.length = 0;
		await visitorOf(bed).open(leaving(here.idToken));
		expect(told()).to.deep.equal([]);
	});

	it('leaves another session of the same person alone', async () => {
		const first = await atBoth();
		const second = await atBoth();
		await first.visitor.open(leaving(first.here.idToken));
		const sids = bed.told.map(({ body }) => decodeJwt(new URLSearchParams(body).get('logout_token')!).sid);
		expect(sids).to.have.members([first.here.claims.sid, first.there.claims.sid]);
		expect((await kenton.signIn(second.visitor, bed.person('Okafor'))).asked).to.equal(false);
	});

	it('reaches them also when the card would have to be asked for again', async () => {
		const { visitor, here } = await atBoth();
		await grownOld(bed, 61 * 60);
		await visitor.open(leaving(here.idToken));
		expect(told()).to.deep.equal(['belmont', 'kenton']);
	});

	it('asks where nobody said whose session it is, or where it is somebody else’s', async () => {
		const { visitor } = await atBoth('Okafor');
		const other = await belmont.signIn(visitorOf(bed), bed.person('Lindqvist'));
		for (const token of [null, other.idToken]) {
			const page = await visitor.open(leaving(token));
			expect(page.text).to.include('Sign out of the library too?');
			expect(page.html).to.not.include('<script');
			expect(page.headers['content-security-policy']).to.include(
				`form-action 'self' ${originOf('belmont')};`,
			);
		}
		expect(told()).to.deep.equal([]);
		const page = await visitor.open(leaving(null));
		const back = await visitor.send(page, '/session/end/confirm', { logout: 'yes' });
		expect(back.url).to.equal(`${originOf('belmont')}/`);
		expect(told()).to.deep.equal(['belmont', 'kenton']);
	});

	it('of nobody leads back at once', async () => {
		const { here } = await atBoth();
		const visitor = visitorOf(bed);
		expect((await visitor.open(leaving(here.idToken))).url).to.equal(`${originOf('belmont')}/`);
		expect((await visitor.open(leaving(null))).url).to.equal(`${originOf('belmont')}/`);
		const page = await visitor.open(`${bed.salem.origin}/session/end`);
		expect(page.text).to.include('You are signed out');
	});

	it('leads nowhere but to an address of that branch', async () => {
		const { visitor, here } = await atBoth();
		const page = await visitor.open(
			leaving(here.idToken, { post_logout_redirect_uri: 'http://evil.example/' }),
		);
		expect(page.status).to.equal(400);
		expect(page.url).to.include('//card.salem');
		expect(told()).to.deep.equal([]);
	});

	it('takes no token of another issuer, and none that was changed', async () => {
		const { visitor, here } = await atBoth();
		const [head, body = '', sig] = here.idToken.split('.');
		const claims = JSON.parse(Buffer.from(body, 'base64url').toString()) as object;
		const changed = Buffer.from(JSON.stringify({ ...claims, sid: 'another' })).toString('base64url');
		const page = await visitor.open(leaving(`${head}.${changed}.${sig}`));
		expect(page.text).to.include('Sign out of the library too?');
		expect(told()).to.deep.equal([]);
		expect((await kenton.signIn(visitor, bed.person('Okafor'))).asked).to.equal(false);
		const stranger = await branchClient(bed, bed.bend, 'riverside');
		const theirs = await stranger.signIn(visitorOf(bed), bed.person('Okafor'));
		expect((await visitor.open(leaving(theirs.idToken))).status).to.equal(400);
	});

	it('with a token whose key was withdrawn asks whoever signed in since, and leads back', async () => {
		const { visitor, here } = await atBoth();
		const jwks = await bed.outgoing.request({ url: `${bed.salem.origin}/jwks` });
		const { keys } = JSON.parse(jwks.body.toString()) as { keys: { kid: string }[] };
		await bed.orderKeys(
			bed.salem,
			'withdraw',
			keys.map(({ kid }) => kid),
		);
		expect((await kenton.signIn(visitor, bed.person('Okafor'))).asked).to.equal(true);
		bed.told.length = 0;
		const page = await visitor.open(leaving(here.idToken));
		expect(page.text).to.include('Sign out of the library too?');
		const back = await visitor.send(page, '/session/end/confirm', { logout: 'yes' });
		expect(back.url).to.equal(`${originOf('belmont')}/`);
		expect(told()).to.deep.equal(['kenton']);
	});

	it('tells a branch that did not answer again, until it does', async () => {
		const { visitor, here } = await atBoth();
		bed.branchesAnswer = 503;
		const back = await visitor.open(leaving(here.idToken));
		expect(back.url).to.equal(`${originOf('belmont')}/`);
		expect(bed.log.join('\n')).to.include('sign_out_not_told');
		await bed.bridge().settle();
		expect(told()).to.have.length(2);
		bed.clock.advance(2 * 60_000);
		await bed.bridge().settle();
		expect(told()).to.have.length(4);
		bed.branchesAnswer = 200;
		bed.clock.advance(HOUR);
		await bed.bridge().settle();
		expect(told()).to.have.length(6);
		bed.clock.advance(24 * HOUR);
		await bed.bridge().settle();
		expect(told()).to.have.length(6);
	});

	it('of whoever was signed in before happens when somebody else gives their card', async () => {
		const { visitor } = await atBoth('Okafor');
		const begun = await belmont.begin({ prompt: 'login' });
		const page = await visitor.open(begun.url);
		const { card, pin } = bed.person('Lindqvist');
		const back = await visitor.send(page, '/sign-in/', { card, pin });
		expect(back.url).to.include(belmont.callback);
		expect(told()).to.deep.equal(['belmont', 'kenton']);
		const tokens = await belmont.redeem(begun, back.url);
		const known = await belmont.signIn(visitorOf(bed), bed.person('Lindqvist'));
		expect(tokens.claims()!.sub).to.equal(known.claims.sub);
		expect((await kenton.signIn(visitor, bed.person('Lindqvist'))).claims.sub).to.not.equal(known.claims.sub);
	});

	it('is not what happens when the same person gives their card once more', async () => {
		const { visitor } = await atBoth('Okafor');
		await grownOld(bed, 61 * 60);
		expect((await belmont.signIn(visitor, bed.person('Okafor'))).asked).to.equal(true);
		expect(told()).to.deep.equal([]);
		expect((await kenton.signIn(visitor, bed.person('Okafor'))).asked).to.equal(false);
	});
});

describe('the way to a client', () => {
	let bed: Bed;
	before(async () => {
		bed = await startBed();
	});
	after(() => bed?.close());

	it('leads to public addresses only, but for clients of which the platform says that they are inside', async () => {
		const outgoing = createOutgoing({ town: false });
		const internal = createInternalClient({ town: true });
		const url = `http://127.0.0.1:${bed.port}/session/ended`;
		const post = (clients: string[], client: string) =>
			clientFetch({ outgoing, inside: { clients: new Set(clients), outgoing: internal } }, () => client)(
				url,
				{ method: 'POST', body: 'x=1' },
			).then(
				({ status }) => status,
				(error: { code: string }) => error.code,
			);
		expect(await post([], 'here')).to.equal('refused_address');
		expect(await post(['there'], 'here')).to.equal('refused_address');
		expect(await post(['here'], 'here')).to.equal(200);
		await Promise.all([outgoing.close(), internal.close()]);
	});
});

/** As if every card had been given so many seconds earlier; the issuer's time is the machine's own. */
async function grownOld(bed: Bed, seconds: number): Promise<void> {
	const client = new pg.Client({ connectionString: bed.databaseUrl });
	await client.connect();
	await client.query(
		`update oidc set payload = jsonb_set(payload, '{loginTs}', to_jsonb((payload->>'loginTs')::int - $1::int))
		where model = 'Session' and payload ? 'loginTs'`,
		[seconds],
	);
	await client.end();
}
